/** `pinfold cost fork`: what a fork costs per page, for each kernel. */
import { kernels, lineage } from "../../kernels/index.ts";
import { forkCost, savingOfCountsLast } from "../../synth/cost.ts";
import { costJson, costText, type KernelCost } from "../../synth/output/cost-report.ts";
import { exitCodes } from "../exit-codes.ts";
import { chooseFormats } from "../formats.ts";
import { writeReports } from "../output.ts";
import { complain, type GlobalOptions, type Session } from "../session.ts";
import { type KernelArgument, kernelArgument } from "./kernel-argument.ts";

export interface CostCommandOptions extends GlobalOptions {
  readonly kernel: readonly string[];
  readonly set: readonly string[];
}

/** Counts for the kernels named, modelled ones or files; for all modelled ones when none is. */
export async function runCost(options: CostCommandOptions, session: Session): Promise<number> {
  const formats = chooseFormats(options.format, options.output, ["text", "json"]);
  if (!formats.ok) complain(session, formats.message);
  const words = options.kernel.flatMap((word) => word.split(",")).map((word) => word.trim());
  const all = words.length === 0 || words.includes("all");
  const names = all ? kernels.map(({ name }) => name) : words;
  const read: KernelArgument[] = [];
  for (const name of names) read.push(await kernelArgument(name, session.folder, options.set));
  for (const one of read) if (!one.ok) complain(session, one.message);
  if (!formats.ok || read.some(({ ok }) => !ok)) return exitCodes.usage;
  const costs = read.flatMap((one): KernelCost[] => {
    if (!one.ok) return [];
    const { kernel, machine } = one.value;
    return [
      {
        kernel: kernel.name,
        cost: forkCost(kernel, machine),
        saving: savingOfCountsLast(kernel, machine),
      },
    ];
  });
  const reporters = {
    text: (look: Parameters<typeof costText>[2]) => costText(costs, lineage, look),
    json: () => costJson(costs),
  };
  return writeReports(formats.targets, reporters, options, session)
    ? exitCodes.asExpected
    : exitCodes.usage;
}
