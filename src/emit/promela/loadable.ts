/**
 * All steps as one Promela model that reads its layout, programs, kernel and first row when it
 * starts: one verifier for every test on every kernel, where compiling one for each would take
 * hours. It writes the rows in which nobody can move, so that their ends can be judged outside.
 */
import type { Model, Row } from "../../step/index.ts";
import { type Places, stepsAsC } from "./c-steps.ts";
import type { PromelaFiles } from "./promela.ts";

/** What the loadable model has room for. */
export const room = { cells: 1024, actors: 8, statements: 64, alternatives: 4, registers: 16 };

const variable: Places = { offset: (field) => `O[${field}]`, decision: (slot) => `D[${slot}]` };

/** The model for all `steps` steps of a compiled module's text. */
export function loadablePromela(text: string, steps: number): PromelaFiles {
  const all = Array.from({ length: steps }, (_, i) => i + 1);
  const { code } = stepsAsC(text, variable, all);
  const actors = Array.from({ length: room.actors }, (_, i) => i);
  const choices = Array.from({ length: room.alternatives }, (_, i) => i);
  const pairs = actors.flatMap((actor) => choices.map((choice) => [actor, choice] as const));
  const guards = pairs.map(([a, c]) => `\\#define CAN_${a}_${c} pinfold_can(now.row, ${a}, ${c})`);
  const moves = pairs.map(
    ([a, c]) =>
      `  :: atomic { c_expr { CAN_${a}_${c} } -> c_code { pinfold_go(now.row, ${a}, ${c}); } }`,
  );
  const model = `c_decl {
typedef unsigned short cell;
extern int pinfold_can(cell *, int, int);
extern void pinfold_go(cell *, int, int);
extern void pinfold_first(cell *);
extern int pinfold_ends(cell *);
${guards.join("\n")}
\\#define ENDS pinfold_ends(now.row)
}
c_state "cell row[${room.cells}]" "Global"
c_code {
\\#include "steps.h"
}
active proctype model() {
  c_code { pinfold_first(now.row); };
end:
  do
${moves.join("\n")}
  :: c_expr { ENDS } -> assert(false)
  od
}
`;
  const cases = all.map((step) => `  case ${step}: return s${step}(v, b, actor, choice);`);
  return { model, header: loadableHeader(code, cases) };
}

function loadableHeader(code: string, cases: readonly string[]): string {
  const { cells, alternatives } = room;
  return `${loading()}
${code}
static int pinfold_step(cell *v, int actor, int choice) {
  int b = base + actor * stride;
  switch (v[b]) {
${cases.join("\n")}
  }
  exit(99);
}
static int pinfold_count(cell *v, int actor) {
  cell copy[${cells}];
  int found;
  if (actor >= count || v[base + actor * stride] == 0) return 0;
  memcpy(copy, v, width * sizeof(cell));
  found = pinfold_step(copy, actor, 0);
  if (found > ${alternatives}) exit(98);
  return found;
}
int pinfold_can(cell *v, int actor, int choice) { return pinfold_count(v, actor) > choice; }
void pinfold_go(cell *v, int actor, int choice) { pinfold_step(v, actor, choice); }
${reading()}
int pinfold_ends(cell *v) {
  int actor;
  for (actor = 0; actor < count; actor++)
    if (pinfold_count(v, actor) > 0) return 0;
  fwrite(v, sizeof(cell), width, ends);
  return 0;
}
`;
}

/** What the file fills, and `load` and `start` of the compiled module over it. */
function loading(): string {
  const { cells, actors, statements, registers } = room;
  const places = `[${actors}][${statements}]`;
  return `#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int O[256], D[256], base, stride, halted, width, count;
static int length[${actors}], pcs${places}, given${places};
static int at${places}[${registers}], value${places}[${registers}];
static cell first[${cells}];
static FILE *ends;
static int load(cell *v, int b, int t, int ip) {
  int i;
  v[b + 1] = ip;
  v[b] = 0;
  if (ip >= length[t] || (halted >= 0 && v[halted + t] != 0)) return 0;
  v[b] = pcs[t][ip];
  for (i = 0; i < given[t][ip]; i++) v[b + 2 + at[t][ip][i]] = value[t][ip][i];
  return 0;
}
static int start(cell *v, int t) { return load(v, base + t * stride, t, 0); }`;
}

/** The file is read where the row is filled. */
function reading(): string {
  return `static int number(FILE *from) {
  int read;
  if (fscanf(from, "%d", &read) != 1) exit(97);
  return read;
}
void pinfold_first(cell *v) {
  int i, k, t;
  FILE *from = fopen("model.txt", "r");
  if (!from) exit(96);
  ends = fopen("ends.bin", "wb");
  width = number(from); base = number(from); stride = number(from); halted = number(from);
  for (i = 0, k = number(from); i < k; i++) O[i] = number(from);
  for (i = 0, k = number(from); i < k; i++) D[i] = number(from);
  count = number(from);
  for (t = 0; t < count; t++) {
    length[t] = number(from);
    for (i = 0; i < length[t]; i++) {
      pcs[t][i] = number(from);
      given[t][i] = number(from);
      for (k = 0; k < given[t][i]; k++) { at[t][i][k] = number(from); value[t][i][k] = number(from); }
    }
  }
  for (i = 0; i < width; i++) first[i] = number(from);
  fclose(from);
  memset(v, 0, ${room.cells} * sizeof(cell));
  memcpy(v, first, width * sizeof(cell));
}`;
}

/** The file that the loadable model reads, or undefined when the model does not fit in it. */
export function loadableModel(model: Model, first: Row): string | undefined {
  const { layout, programs, haltedAt, decisions } = model;
  const { cells, actors, statements, registers } = room;
  const tooLarge =
    layout.width > cells ||
    programs.length > actors ||
    programs.some((one) => one.length > statements || one.some((s) => s.cells.length > registers));
  if (tooLarge) return undefined;
  const table = Array.from(decisions);
  const numbers = [
    [layout.width, layout.actorBase, layout.actorStride, haltedAt],
    [layout.offsets.size, ...layout.offsets.values()],
    [table.length, ...table],
    [programs.length],
    ...programs.map((program) => [
      program.length,
      ...program.flatMap(({ pc, cells: at, values }) => [
        pc,
        at.length,
        ...at.flatMap((cell, i) => [cell, values[i]!]),
      ]),
    ]),
    Array.from(first).slice(0, layout.width),
  ];
  return numbers.map((line) => line.join(" ")).join("\n");
}
