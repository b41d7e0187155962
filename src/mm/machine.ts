/** The memory manager's machine: its paths as step functions, compiled when the package was built. */
import { type Machine, machine } from "../step/index.ts";
import { entries, instantiate, steps } from "./machine.generated.js";
import { mmSchema } from "./state.ts";
import { traced } from "./traced.generated.js";

let made: Machine | undefined;

export function mmMachine(): Machine {
  made ??= machine(mmSchema, instantiate(), steps, entries(), () => traced);
  return made;
}
