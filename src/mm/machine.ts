/** The memory manager's machine: its paths as step functions, compiled when the package was built. */
import { type Machine, machine } from "../step/index.ts";
import { entries, instantiate, steps } from "./machine.generated.js";
import { mmSchema } from "./state.ts";

let made: Machine | undefined;

export function mmMachine(): Machine {
  made ??= machine(mmSchema, instantiate(), steps(), entries());
  return made;
}
