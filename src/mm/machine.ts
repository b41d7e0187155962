/** The memory manager's machine: its paths as step functions, compiled when the package was built. */
import { type Machine, machine } from "../step/index.ts";
import { entries, instantiate, schema, steps } from "./machine.generated.js";
import { mmSchema } from "./state.ts";
import { traced } from "./traced.generated.js";

let made: Machine | undefined;

/** The compiled machine. Its cells and decisions are numbered by the schema it was compiled from. */
export function mmMachine(): Machine {
  if (made === undefined && schema !== JSON.stringify(mmSchema))
    throw new Error("src/mm changed since its machine was generated: run `npm run build`.");
  made ??= machine(mmSchema, instantiate(), steps, entries(), () => traced);
  return made;
}
