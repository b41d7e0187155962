/** `pinfold identify`: the modelled kernel that a real one behaves like. */
import { fileURLToPath } from "node:url";
import { type Identity, identify } from "../../campaign/identify.ts";
import { kernels } from "../../kernels/index.ts";
import { ensureRig } from "../../rig/provision.ts";
import { exitCodes } from "../exit-codes.ts";
import { chooseFormats } from "../formats.ts";
import { findLitmusFiles } from "../litmus-files.ts";
import { loadTests } from "../litmus-tests.ts";
import { writeReports } from "../output.ts";
import { startProgress } from "../progress.ts";
import { complain, type GlobalOptions, type Session } from "../session.ts";
import { kernelOfRelease } from "./kernel-of-rig.ts";
import { tellProblem } from "./manage-rigs.ts";

export interface IdentifyOptions extends GlobalOptions {
  readonly rig: string;
  readonly include: readonly string[];
}

/** The package's own tests: litmus/ lies beside src/ and dist/. */
const ownTests = ["seed", "bugs", "idioms", "decisions"].map((shelf) =>
  fileURLToPath(new URL(`../../../litmus/${shelf}`, import.meta.url)),
);

/** Ranks the modelled kernels by what the real one shows; 1 when none of them agrees with it. */
export async function identifyRig(
  given: readonly string[],
  options: IdentifyOptions,
  session: Session,
): Promise<number> {
  const formats = chooseFormats(options.format, options.output, ["text", "json"]);
  if (!formats.ok) {
    complain(session, formats.message);
    return exitCodes.usage;
  }
  const wanted = given.length > 0 ? given : ownTests;
  const found = findLitmusFiles(wanted, { folder: session.folder, includes: options.include });
  for (const problem of found.problems) {
    complain(session, problem);
  }
  if (found.problems.length > 0) {
    return exitCodes.usage;
  }
  const lineage = kernels.filter(({ mainline }) => mainline).map(({ name }) => name);
  const tests = loadTests(found.files, { kernels, lineage }).tests.map(({ test }) => test);
  const progress = startProgress(session, !options.quiet);
  const { signal } = session;
  const rig = await ensureRig(options.rig, { signal, onProgress: progress.show });
  const identity = rig.ok
    ? await identify(rig.value, tests, kernels, { trials: 1, signal, onProgress: progress.show })
    : rig;
  progress.clear();
  if (!identity.ok) {
    return tellProblem(identity.problem, session);
  }
  const own = rig.ok ? kernelOfRelease(rig.value, kernels, lineage) : undefined;
  const value = { ...identity.value, candidates: ownFirst(identity.value.candidates, own) };
  const reporters = {
    text: () => drawIdentity(value),
    json: () => `${JSON.stringify({ schema: 1, ...value }, undefined, 2)}\n`,
  };
  if (!writeReports(formats.targets, reporters, options, session)) {
    return exitCodes.usage;
  }
  const [closest] = value.candidates;
  if (closest === undefined || closest.compared === 0) {
    return exitCodes.inconclusive;
  }
  return closest.differs === 0 ? exitCodes.asExpected : exitCodes.notAsExpected;
}

/** Of those that nothing tells apart the one that the release names stands first. */
function ownFirst(candidates: Identity["candidates"], own: string | undefined) {
  const isOwn = (one: Identity["candidates"][number]): number => Number(one.kernel === own);
  return [...candidates].sort(
    (one, other) => one.differs - other.differs || isOwn(other) - isOwn(one),
  );
}

function drawIdentity({ rig, candidates, decisions, tests }: Identity): string {
  const [closest] = candidates;
  const same = candidates.filter(({ differs }) => differs === closest?.differs);
  const rest = candidates.filter(({ differs }) => differs !== closest?.differs).slice(0, 3);
  const lines = [
    `${rig} behaves like ${same.map(({ kernel }) => kernel).join(", ")}`,
    `  ${closest?.compared ?? 0} of ${tests} telling tests compared, ${closest?.differs ?? 0} differ`,
    ...(closest?.tests ?? []).map((name) => `  differs in ${name}`),
    ...rest.map(({ kernel, differs }) => `  ${kernel} differs in ${differs}`),
  ];
  if (decisions.length > 0) {
    lines.push(`  told apart from ${rest[0]?.kernel} by ${decisions.join(", ")}`);
  }
  return `${lines.join("\n")}\n`;
}
