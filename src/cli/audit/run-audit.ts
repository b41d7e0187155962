/** `pinfold audit`: recordings of real programs, judged for kernels. */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { auditSnapshot, auditTrace, type TraceReport } from "../../audit/audit.ts";
import type { Severity } from "../../audit/finding.ts";
import { explainRule, listRules } from "../../audit/output/explain.ts";
import { drawAuditHtml } from "../../audit/output/html.ts";
import { drawAuditJson } from "../../audit/output/json.ts";
import { drawAuditSarif } from "../../audit/output/sarif.ts";
import { drawAudit } from "../../audit/output/text.ts";
import { type AuditReport, failing, joinTraces, makeReport } from "../../audit/report.ts";
import { parseSnapshot, type Snapshot } from "../../audit/snapshot/parse.ts";
import type { Kernel } from "../../kernels/index.ts";
import { nearest } from "../../litmus/nearest.ts";
import { paletteOf } from "../../report/style.ts";
import { exitCodes } from "../exit-codes.ts";
import { chooseFormats, type FormatTarget } from "../formats.ts";
import { chooseKernels } from "../kernel-choice.ts";
import { messageOf, writeReports } from "../output.ts";
import { complain, type GlobalOptions, type Session } from "../session.ts";
import { type NamedKernel, userKernel } from "../synth/kernel-argument.ts";
import { writeProgram, writeTests } from "./emitted.ts";
import { type MachineFacts, machineFacts } from "./facts.ts";
import { findInputs, type Recording, unreadable } from "./inputs.ts";
import { makeModel } from "./model.ts";
import { record } from "./record.ts";
import { recordBpf } from "./record-bpf.ts";
import { readSnapshot } from "./snapshot.ts";

export interface AuditCommandOptions extends GlobalOptions {
  readonly kernel: readonly string[];
  readonly failOn: Severity | "never";
  readonly allowBlind?: boolean;
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly explain?: boolean;
  readonly copyThreshold?: number;
  readonly emitLitmus?: string;
  readonly emitC?: string;
  readonly facts?: readonly string[];
  readonly env?: string;
  readonly snapshot?: string;
  readonly pid?: number;
  readonly record?: "strace" | "bpf";
  readonly directIo?: boolean;
  readonly log?: string;
}

export interface AuditShelf {
  readonly kernels: readonly Kernel[];
  readonly lineage: readonly string[];
  readonly version: string;
}

export async function runAudit(
  given: readonly string[],
  options: AuditCommandOptions,
  shelf: AuditShelf,
  session: Session,
): Promise<number> {
  if (given[0] === "explain") return explain(given.slice(1), session);
  let names = given;
  if (options.record !== undefined) {
    const recorded = startRecorder(options.record, given, options, session);
    if (typeof recorded === "number") return recorded;
    names = [recorded];
  }
  const formats = chooseFormats(options.format, options.output, ["text", "json", "sarif", "html"]);
  const wanted = options.kernel.length === 0 ? shelf.lineage : options.kernel;
  const words = wanted.flatMap((word) => word.split(","));
  const isFile = (word: string) => /\.[mc]?[jt]s$/.test(word);
  const own = await ownKernels(words.filter(isFile), session);
  const machine = machineFacts(options, session.folder, shelf.kernels);
  const described = machine.kernels.map((kernel) => ({ kernel, machine: undefined }));
  const ownNames = machine.kernels.map((kernel) => kernel.name);
  const named = words.filter((word) => !isFile(word) && !ownNames.includes(word));
  const chosen =
    named.length === 0 ? ({ ok: true, kernels: [] } as const) : chooseKernels(named, shelf.kernels);
  const { recordings, problems } = findInputs(names, session.folder);
  const complaints = [
    ...own.problems,
    ...machine.problems,
    ...problems,
    ...unreadable(names, session.folder),
  ];
  if (!formats.ok) complaints.push(formats.message);
  if (!chosen.ok) complaints.push(chosen.message);
  const state = stateBefore(options, session);
  if (state.problem !== undefined) complaints.push(state.problem);
  if (names.length === 0 && state.snapshot === undefined && state.problem === undefined) {
    complaints.push("nothing to audit; name a log, or use --snapshot or --pid");
  }
  const baseline = readBaseline(options.baseline, session);
  if (!baseline.ok) complaints.push(baseline.message);
  if (complaints.length > 0 || !formats.ok || !chosen.ok || !baseline.ok) {
    for (const complaint of complaints) complain(session, complaint);
    return exitCodes.usage;
  }
  const targets = new Set(chosen.kernels.map((kernel) => kernel.name));
  const kernels: readonly NamedKernel[] = [
    ...shelf.kernels
      .filter((kernel) => targets.has(kernel.name))
      .map((kernel) => ({ kernel, machine: undefined })),
    ...described,
    ...own.kernels,
  ];
  const traces = readTraces(recordings, state, options, machine);
  warnOfSecrets(traces, session);
  const model = makeModel(kernels, shelf.lineage);
  const report = makeReport(joinTraces(traces), model, baseline.ids);
  if (!write(report, formats.targets, shelf.version, options, session)) return exitCodes.usage;
  return codeOf(report, options);
}

/** The log that the recorder wrote, or the code to end with. */
function startRecorder(
  recorder: "strace" | "bpf",
  command: readonly string[],
  options: AuditCommandOptions,
  session: Session,
): string | number {
  if (command.length === 0) {
    complain(session, `nothing to record; write --record ${recorder} -- COMMAND`);
    return exitCodes.usage;
  }
  const { log } =
    recorder === "bpf"
      ? recordBpf(command, options.log, session)
      : record(command, options.directIo === true, options.log, session);
  return log ?? exitCodes.environment;
}

/** Kernels that files define: `--kernel ./my-patch.ts`. */
async function ownKernels(paths: readonly string[], session: Session) {
  const kernels: NamedKernel[] = [];
  const problems: string[] = [];
  for (const path of paths) {
    const read = await userKernel(path, session.folder);
    if (read.ok) kernels.push(read.value);
    else problems.push(read.message);
  }
  return { kernels, problems };
}

interface StateBefore {
  readonly name: string;
  readonly snapshot: Snapshot | undefined;
  readonly problem: string | undefined;
}

/** --snapshot and --pid: the process as it stood before the trace, or all there is to audit. */
function stateBefore(options: AuditCommandOptions, session: Session): StateBefore {
  const name = options.pid === undefined ? options.snapshot : `/proc/${options.pid}`;
  if (name === undefined) return { name: "", snapshot: undefined, problem: undefined };
  const texts = readSnapshot(resolve(session.folder, name));
  if (texts === undefined) {
    return {
      name,
      snapshot: undefined,
      problem: `cannot read ${name}/maps: a snapshot holds maps, smaps, status, fd and fdinfo`,
    };
  }
  return { name, snapshot: parseSnapshot(texts), problem: undefined };
}

function readTraces(
  recordings: readonly Recording[],
  { name, snapshot }: StateBefore,
  options: AuditCommandOptions,
  machine: MachineFacts,
): readonly TraceReport[] {
  const rules = {
    explain: options.explain === true,
    protection: machine.protection,
    ...(options.copyThreshold === undefined ? {} : { copyThreshold: options.copyThreshold }),
  };
  if (recordings.length === 0 && snapshot !== undefined)
    return [auditSnapshot(name, snapshot, rules)];
  return recordings.map((recording, index) =>
    auditTrace(recording, index === 0 && snapshot !== undefined ? { ...rules, snapshot } : rules),
  );
}

function warnOfSecrets(traces: readonly TraceReport[], session: Session): void {
  for (const { name, environments } of traces.flatMap((trace) => trace.inputs)) {
    if (environments === 0) continue;
    const words = `${name} prints ${environments} environment(s), which may hold secrets`;
    complain(session, `${words}: record with -e abbrev=execve, as --record does`);
  }
}

/** 1 if anything speaks against the program, 4 if nothing does but something was not seen. */
function codeOf(report: AuditReport, options: AuditCommandOptions): number {
  if (options.failOn !== "never" && failing(report, options.failOn).length > 0) {
    return exitCodes.notAsExpected;
  }
  if (report.blindSpots.length > 0 && options.allowBlind !== true) return exitCodes.inconclusive;
  return exitCodes.asExpected;
}

function write(
  report: AuditReport,
  targets: readonly FormatTarget[],
  version: string,
  options: AuditCommandOptions,
  session: Session,
): boolean {
  const drawn = writeReports(
    targets,
    {
      text: (look) => drawAudit(report, paletteOf(look)),
      json: () => drawAuditJson(report, version),
      sarif: () => drawAuditSarif(report, version),
      html: () => drawAuditHtml(report),
    },
    options,
    session,
  );
  try {
    if (options.writeBaseline !== undefined) {
      const ids = report.findings.map((finding) => finding.id);
      const text = `${JSON.stringify({ schema: 1, ids }, undefined, 2)}\n`;
      writeFileSync(resolve(session.folder, options.writeBaseline), text);
    }
    if (options.emitLitmus !== undefined)
      writeTests(report, resolve(session.folder, options.emitLitmus));
    if (options.emitC !== undefined) writeProgram(report, options.emitC, session);
  } catch (error) {
    complain(session, messageOf(error));
    return false;
  }
  return drawn;
}

type Baseline =
  | { readonly ok: true; readonly ids: ReadonlySet<string> }
  | { readonly ok: false; readonly message: string };

function readBaseline(file: string | undefined, session: Session): Baseline {
  if (file === undefined) return { ok: true, ids: new Set() };
  try {
    const value: unknown = JSON.parse(readFileSync(resolve(session.folder, file), "utf8"));
    const ids = (value as { ids?: unknown } | null)?.ids;
    if (Array.isArray(ids)) return { ok: true, ids: new Set(ids.map(String)) };
    return { ok: false, message: `${file} is no baseline; write one with --write-baseline` };
  } catch (error) {
    return { ok: false, message: `cannot read ${file}: ${messageOf(error)}` };
  }
}

function explain(rules: readonly string[], session: Session): number {
  if (rules.length === 0) {
    session.out.write(listRules());
    return exitCodes.asExpected;
  }
  let code: number = exitCodes.asExpected;
  for (const id of rules) {
    const text = explainRule(id.toUpperCase());
    if (text !== undefined) session.out.write(text);
    else {
      const known = listRules()
        .split("\n")
        .map((line) => line.split(" ")[0] ?? "");
      const near = nearest(id.toUpperCase(), known);
      const hint = near === undefined ? "" : `; did you mean ${near}?`;
      complain(session, `unknown rule "${id}"${hint} (\`pinfold audit explain\` lists them)`);
      code = exitCodes.usage;
    }
  }
  return code;
}
