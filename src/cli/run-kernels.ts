/** `pinfold kernels [NAME]`: the lineage, or one kernel's decisions. */
import { drawKernel, drawKernels, type KernelFacts, kernelsJson } from "../report/kernels.ts";
import { exitCodes } from "./exit-codes.ts";
import { chooseFormats } from "./formats.ts";
import { chooseKernels } from "./kernel-choice.ts";
import { writeReports } from "./output.ts";
import { complain, type GlobalOptions, type Session } from "./session.ts";

/** Prints the kernels; 2 for a name that is none. */
export async function runKernels(
  name: string | undefined,
  kernels: readonly KernelFacts[],
  options: GlobalOptions,
  session: Session,
): Promise<number> {
  const formats = chooseFormats(options.format, options.output, ["text", "json"]);
  const chosen = chooseKernels(name === undefined ? [] : [name], kernels);
  if (!formats.ok) {
    complain(session, formats.message);
    return exitCodes.usage;
  }
  if (!chosen.ok) {
    complain(session, chosen.message);
    return exitCodes.usage;
  }
  const names = chosen.kernels.map((kernel) => kernel.name);
  const wanted = kernels.filter((kernel) => names.includes(kernel.name));
  const [only] = wanted;
  const written = writeReports(
    formats.targets,
    {
      text: (look) =>
        name !== undefined && wanted.length === 1 && only !== undefined
          ? drawKernel(only, look)
          : drawKernels(wanted, look),
      json: () => kernelsJson(wanted),
    },
    options,
    session,
  );
  return written ? exitCodes.asExpected : exitCodes.usage;
}
