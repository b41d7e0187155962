/** `pinfold rig add|list|remove`. */
import { padded } from "../../report/wrap.ts";
import type { RigProblem } from "../../rig/problem.ts";
import { addRig } from "../../rig/provision.ts";
import { listRigs, type Rig, removeRig } from "../../rig/rigs.ts";
import { exitCodes } from "../exit-codes.ts";
import { chooseFormats } from "../formats.ts";
import { writeReports } from "../output.ts";
import { startProgress } from "../progress.ts";
import { complain, type GlobalOptions, type Session } from "../session.ts";

/** Adds each kernel in turn; the first that cannot be added ends it. */
export async function addRigs(
  names: readonly string[],
  options: GlobalOptions,
  session: Session,
): Promise<number> {
  for (const name of names) {
    const progress = startProgress(session, !options.quiet);
    const notes: string[] = [];
    const added = await addRig(name, {
      signal: session.signal,
      onProgress: (message) => progress.show(`${name}: ${message}`),
      onNote: (message) => notes.push(message),
    });
    progress.clear();
    if (!added.ok) {
      return tellProblem(added.problem, session);
    }
    if (!options.quiet) {
      session.out.write(`${rigLine(added.value)}\n`);
      for (const note of notes) complain(session, `${name}: ${note}`);
    }
  }
  return exitCodes.asExpected;
}

/** Prints every kernel that was added. */
export async function showRigs(options: GlobalOptions, session: Session): Promise<number> {
  const formats = chooseFormats(options.format, options.output, ["text", "json"]);
  if (!formats.ok) {
    complain(session, formats.message);
    return exitCodes.usage;
  }
  const rigs = await listRigs();
  const width = Math.max(0, ...rigs.map(({ name }) => name.length));
  const text = rigs.map((rig) => `${rigLine(rig, width)}\n`).join("");
  const none = "No kernel was added yet; write: pinfold rig add debian:6.1\n";
  const facts = rigs.map(({ name, release, origin, kernel }) => ({
    name,
    release,
    origin,
    kernel,
  }));
  const reporters = {
    text: () => (rigs.length === 0 ? none : text),
    json: () => `${JSON.stringify({ schema: 1, rigs: facts }, undefined, 2)}\n`,
  };
  const written = writeReports(formats.targets, reporters, options, session);
  return written ? exitCodes.asExpected : exitCodes.usage;
}

/** Removes each kernel; one that is not there is a mistake of the user's. */
export async function dropRigs(
  names: readonly string[],
  options: GlobalOptions,
  session: Session,
): Promise<number> {
  for (const name of names) {
    const removed = await removeRig(name);
    if (!removed.ok) {
      return tellProblem(removed.problem, session);
    }
    if (!options.quiet) {
      session.out.write(`removed ${rigLine(removed.value)}\n`);
    }
  }
  return exitCodes.asExpected;
}

function rigLine({ name, release, origin }: Rig, width = 0): string {
  const version = release === "" ? "release unknown" : release;
  return [padded(name, width), version, origin === "" ? "" : `(${origin})`].join("  ").trimEnd();
}

const mistakes: ReadonlySet<string> = new Set(["PF605", "PF606", "PF607", "PF613"]);

/** Says what is missing and what to do about it; the exit code that goes with it. */
export function tellProblem({ code, message, remedy }: RigProblem, session: Session): number {
  complain(session, `${code}: ${message}\n  ${remedy}`);
  if (session.signal.aborted) {
    return exitCodes.interrupted;
  }
  return mistakes.has(code) ? exitCodes.usage : exitCodes.environment;
}
