/**
 * A model as Promela: one process whose alternatives are the actors' next steps, each atomic, over
 * one row of cells. SPIN's count of states is ours and one more, for the time before its row is
 * filled; run its verifier without reduction (-DNOREDUCE) to compare.
 */
import type { Model, Row } from "../../step/index.ts";
import { stepsAsC } from "./c-steps.ts";

export interface PromelaOptions {
  /** The text of the model's compiled module. */
  readonly text: string;
  readonly cell: "u8" | "u16";
  /** The most alternatives that a step of the model has. */
  readonly alternatives?: number;
}

/** A file for `spin -a`, and the header that it includes: SPIN takes no long code in a model. */
export interface PromelaFiles {
  readonly "model.pml": string;
  readonly "steps.h": string;
}

/** A model that starts in `first`, as Promela. */
export function promela(model: Model, first: Row, options: PromelaOptions): PromelaFiles {
  const { layout } = model;
  const most = options.alternatives ?? 4;
  const steps = model.actors.flatMap(({ name }, actor) =>
    Array.from({ length: most }, (_, choice) => alternative(name, actor, choice)),
  );
  const guards = model.actors.flatMap((_, actor) =>
    Array.from({ length: most }, (_, choice) => guard(actor, choice)),
  );
  const text = `/* Generated: one alternative per actor and choice; each is one atomic step. */
c_decl {
typedef ${options.cell === "u8" ? "unsigned char" : "unsigned short"} cell;
extern int pinfold_can(cell *, int, int);
extern void pinfold_go(cell *, int, int);
extern void pinfold_first(cell *);
${guards.join("\n")}
}
c_state "cell row[${layout.width}]" "Global"
c_code {
\\#include "steps.h"
}
active proctype model() {
  c_code { pinfold_first(now.row); };
end:
  do
${steps.join("\n")}
  od
}
`;
  return { "model.pml": text, "steps.h": header(model, first, options) };
}

function header(model: Model, first: Row, options: PromelaOptions): string {
  const { actorBase, actorStride, width } = model.layout;
  const cases = Array.from(
    { length: model.steps.length - 1 },
    (_, i) => `  case ${i + 1}: return s${i + 1}(v, b, actor, choice);`,
  );
  return `#include <string.h>
${loading(model)}
${stepsAsC(options.text, model)}
static int pinfold_step(cell *v, int actor, int choice) {
  int b = ${actorBase} + actor * ${actorStride};
  switch (v[b]) {
${cases.join("\n")}
  }
  return 0;
}
int pinfold_can(cell *v, int actor, int choice) {
  cell copy[${width}];
  if (v[${actorBase} + actor * ${actorStride}] == 0) return 0;
  memcpy(copy, v, sizeof copy);
  return pinfold_step(copy, actor, 0) > choice;
}
void pinfold_go(cell *v, int actor, int choice) { pinfold_step(v, actor, choice); }
void pinfold_first(cell *v) {
  static const cell first[${width}] = { ${Array.from(first).slice(0, width).join(", ")} };
  memcpy(v, first, sizeof first);
}
`;
}

/** SPIN takes a call inside c_expr for a side effect; a macro's name it does not look into. */
function guard(actor: number, choice: number): string {
  return `\\#define CAN_${actor}_${choice} pinfold_can(now.row, ${actor}, ${choice})`;
}

function alternative(name: string, actor: number, choice: number): string {
  return `  :: atomic { c_expr { CAN_${actor}_${choice} } -> c_code { pinfold_go(now.row, ${actor}, ${choice}); } } /* ${name} */`;
}

/** \`load\` and \`start\` of the compiled module, with the programs as a table in code. */
function loading(model: Model): string {
  const { actorBase, actorStride } = model.layout;
  const cases = model.programs.flatMap((program, actor) =>
    program.map((statement, ip) => {
      const cells = statement.cells.map(
        (cell, i) => `v[b + ${2 + cell}] = ${statement.values[i]};`,
      );
      return `  case ${actor * 1000 + ip}: v[b] = ${statement.pc}; ${cells.join(" ")} break;`;
    }),
  );
  const halted = model.haltedAt < 0 ? "0" : `v[${model.haltedAt} + t] != 0`;
  return `static int load(cell *v, int b, int t, int ip) {
  v[b + 1] = ip;
  v[b] = 0;
  if (${halted}) return 0;
  switch (t * 1000 + ip) {
${cases.join("\n")}
  }
  return 0;
}
static int start(cell *v, int t) { return load(v, ${actorBase} + t * ${actorStride}, t, 0); }`;
}
