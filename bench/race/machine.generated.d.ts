/** The shape of what scripts/generate-machine.ts writes. */
import type { Compiled, EntryDescription, StepDescription } from "../../src/step/index.ts";

/** The schema that was compiled, as JSON. */
export const schema: string;
export function instantiate(): Compiled;
export function steps(): readonly (StepDescription | undefined)[];
export function entries(): Readonly<Record<string, EntryDescription>>;
