/**
 * A model as Promela: one process whose alternatives are the actors' next steps, each atomic, over
 * one row of cells. SPIN's count of states is ours and one more, for the time before its row is
 * filled; run its verifier without reduction (-DNOREDUCE) to compare.
 */
import type { Model, Row } from "../../step/index.ts";
import { placesOf, stepsAsC } from "./c-steps.ts";

export interface PromelaOptions {
  /** The text of the model's compiled module. */
  readonly text: string;
  readonly cell: "u8" | "u16";
  /** The most alternatives that a step of the model has. */
  readonly alternatives?: number;
  /** What the two files are called, without an ending. */
  readonly name?: string;
  /** C code of `pinfold_end(cell *v)`: not 0 in an end that is to be an error. */
  readonly end?: string;
  /** Shown at the top. */
  readonly comment?: string;
}

/** A file for `spin -a`, and the header that it includes: SPIN takes no long code in a model. */
export interface PromelaFiles {
  readonly model: string;
  readonly header: string;
}

const noEnd = "static int pinfold_end(cell *v) { return 0; }";

/** A model that starts in `first`, as Promela. */
export function promela(model: Model, first: Row, options: PromelaOptions): PromelaFiles {
  const { layout } = model;
  const most = options.alternatives ?? 4;
  const { name = "steps", comment = "Generated." } = options;
  const steps = model.actors.flatMap(({ name: actor }, number) =>
    Array.from({ length: most }, (_, choice) => alternative(actor, number, choice)),
  );
  const guards = model.actors.flatMap((_, actor) =>
    Array.from({ length: most }, (_, choice) => guard(actor, choice)),
  );
  const text = `/* ${comment}
 * One alternative per actor and choice; each is one atomic step.
 */
c_decl {
typedef ${options.cell === "u8" ? "unsigned char" : "unsigned short"} cell;
extern int pinfold_can(cell *, int, int);
extern void pinfold_go(cell *, int, int);
extern void pinfold_first(cell *);
extern int pinfold_ends(cell *);
${guards.join("\n")}
\\#define ENDS pinfold_ends(now.row)
}
c_state "cell row[${layout.width}]" "Global"
c_code {
\\#include "${name}.h"
}
active proctype model() {
  c_code { pinfold_first(now.row); };
end:
  do
${steps.join("\n")}
  :: c_expr { ENDS } -> assert(false) /* nobody can move, and the condition is shown */
  od
}
`;
  return { model: text, header: header(model, first, options, most) };
}

function header(model: Model, first: Row, options: PromelaOptions, most: number): string {
  const { actorBase, actorStride, width } = model.layout;
  const begins = model.programs.flatMap((program) => program.map(({ pc }) => pc));
  const { code, steps } = stepsAsC(options.text, placesOf(model), begins);
  const cases = steps.map((step) => `  case ${step}: return s${step}(v, b, actor, choice);`);
  return `#include <stdio.h>
#include <stdlib.h>
#include <string.h>
${loading(model)}
${code}
static int pinfold_step(cell *v, int actor, int choice) {
  int b = ${actorBase} + actor * ${actorStride};
  switch (v[b]) {
${cases.join("\n")}
  }
  fprintf(stderr, "step %d is not in this model\\n", v[b]);
  exit(99);
}
/** How many alternatives the actor's step has; 0 when it cannot be taken. */
static int pinfold_count(cell *v, int actor) {
  cell copy[${width}];
  int count;
  if (v[${actorBase} + actor * ${actorStride}] == 0) return 0;
  memcpy(copy, v, sizeof copy);
  count = pinfold_step(copy, actor, 0);
  if (count > ${most}) {
    fprintf(stderr, "a step has %d alternatives, this model ${most}\\n", count);
    exit(99);
  }
  return count;
}
int pinfold_can(cell *v, int actor, int choice) { return pinfold_count(v, actor) > choice; }
void pinfold_go(cell *v, int actor, int choice) { pinfold_step(v, actor, choice); }
void pinfold_first(cell *v) {
  static const cell first[${width}] = { ${Array.from(first).slice(0, width).join(", ")} };
  memcpy(v, first, sizeof first);
}
${options.end ?? noEnd}
int pinfold_ends(cell *v) {
  int actor;
  for (actor = 0; actor < ${model.actors.length}; actor++)
    if (pinfold_count(v, actor) > 0) return 0;
  return pinfold_end(v);
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
