/** Emission of Promela: what other floors use. */
import { printCondition } from "../../litmus/index.ts";
import type { World } from "../../verdict/world.ts";
import { endAsC } from "./ends.ts";
import { type PromelaFiles, promela } from "./promela.ts";

/**
 * A test on a kernel as Promela: an assertion is violated where a run ends with what the condition
 * asks for. `text` is that of the compiled paths; `name` is what the two files are called.
 */
export function emitPromela(world: World, text: string, name: string): PromelaFiles {
  const { test, kernel } = world;
  const comment = `${test.name} on ${kernel.name}: ${printCondition(test.condition)}
 *
 *     spin -a ${name}.pml && gcc -O2 -w -DSAFETY -DNOREDUCE -DVECTORSZ=4096 -o pan pan.c && ./pan -m1000000
 *
 * An assertion is violated where a run ends with what the condition asks for (for a forall: where it
 * fails); with PINFOLD_OTHER_ENDS=1 in the environment, where one ends otherwise. -c0 goes on and counts
 * all states: one more than pinfold counts without reductions.`;
  return promela(world.model, world.first, {
    text,
    cell: "u16",
    name,
    comment,
    end: endAsC(world),
  });
}
