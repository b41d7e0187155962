/** The shape of what scripts/generate-machine.ts writes beside the machine: its traced twin. */
import type { TracedSteps, Tracer } from "../../src/step/index.ts";

export function traced(tracer: Tracer): TracedSteps;
