/** The shape of what scripts/generate-machine.ts writes. */
import type { Compiled, EntryDescription, StepDescription } from "../step/index.ts";

export function instantiate(): Compiled;
export function steps(): readonly (StepDescription | undefined)[];
export function entries(): Readonly<Record<string, EntryDescription>>;
