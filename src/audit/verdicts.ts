/**
 * Asks the model about each finding: on which target kernels does its litmus test go wrong, and which
 * edits make it right there. Equal tests are asked once. Without a model there are no verdicts and no
 * advice: nothing is looked up.
 */
import type { GroupedFinding } from "./collect.ts";
import type { Shape } from "./finding.ts";
import { type Edit, editsFor, editWords, litmusOf, shapeKey } from "./litmus.ts";

export type AskedVerdict = "never" | "sometimes" | "always" | "unknown" | "vacuous";

export interface Answer {
  readonly verdict: AskedVerdict;
  /** The shortest run in words, a step a line, where the bad end is reached. */
  readonly run?: readonly string[];
}

/** One litmus text on one kernel. */
export type Ask = (litmus: string, kernel: string) => Answer;

export interface Advice {
  readonly edit: Edit | "kernel";
  readonly text: string;
  /** The target kernels that lose without it and do not with it. */
  readonly provedFor: readonly string[];
}

export interface JudgedFinding extends GroupedFinding {
  readonly verdicts: Readonly<Record<string, AskedVerdict>>;
  readonly advice: readonly Advice[];
  /** The shortest run on the newest kernel that loses. */
  readonly run: { readonly kernel: string; readonly steps: readonly string[] } | undefined;
  readonly litmus: string | undefined;
  /** False when the model rules it out on every target kernel. */
  readonly applies: boolean;
}

export interface Model {
  readonly ask: Ask;
  /** Target kernels, oldest first. */
  readonly kernels: readonly string[];
  /** Those of them in the mainline, where "or later" means something. */
  readonly lineage: readonly string[];
}

function loses(verdict: AskedVerdict | undefined): boolean {
  return verdict === "sometimes" || verdict === "always";
}

/** Remembers answers by text and kernel. */
function remembering(ask: Ask): Ask {
  const answers = new Map<string, Answer>();
  return (litmus, kernel) => {
    const key = `${kernel}\n${litmus}`;
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = ask(litmus, kernel);
    answers.set(key, answer);
    return answer;
  };
}

interface Judged {
  readonly verdicts: Readonly<Record<string, AskedVerdict>>;
  readonly advice: readonly Advice[];
  readonly run: JudgedFinding["run"];
  readonly litmus: string | undefined;
}

const nothing: Judged = { verdicts: {}, advice: [], run: undefined, litmus: undefined };

function judgeShape(shape: Shape, model: Model): Judged {
  const litmus = litmusOf(shape);
  if (litmus === undefined) return nothing;
  const verdicts: Record<string, AskedVerdict> = {};
  let run: JudgedFinding["run"];
  for (const kernel of model.kernels) {
    const answer = model.ask(litmus, kernel);
    verdicts[kernel] = answer.verdict;
    if (loses(answer.verdict) && answer.run !== undefined) run = { kernel, steps: answer.run };
  }
  return { verdicts, advice: adviceFor(shape, model, verdicts), run, litmus };
}

/** Advice is given only where the edited test is never wrong on any kernel that loses without it. */
function adviceFor(
  shape: Shape,
  model: Model,
  verdicts: Readonly<Record<string, AskedVerdict>>,
): readonly Advice[] {
  const losing = model.kernels.filter((kernel) => loses(verdicts[kernel]));
  if (losing.length === 0) return [];
  const advice: Advice[] = [];
  for (const edit of editsFor(shape)) {
    const edited = litmusOf(shape, edit);
    if (edited === undefined) continue;
    if (losing.every((kernel) => model.ask(edited, kernel).verdict === "never")) {
      advice.push({ edit, text: editWords[edit], provedFor: losing });
    }
  }
  const safe = firstSafe(model.lineage, verdicts);
  if (safe !== undefined) {
    advice.push({
      edit: "kernel",
      text: `Require ${safe} or later: the model finds no loss from there on.`,
      provedFor: [],
    });
  }
  return advice;
}

/** The oldest target kernel from which on nothing is lost. */
function firstSafe(
  kernels: readonly string[],
  verdicts: Readonly<Record<string, AskedVerdict>>,
): string | undefined {
  let safe: string | undefined;
  for (const kernel of kernels) {
    if (verdicts[kernel] !== "never") safe = undefined;
    else safe ??= kernel;
  }
  return safe;
}

/** Adds verdicts and advice; drops what the model contradicts (advice called needless that is needed). */
export function judgeFindings(
  findings: readonly GroupedFinding[],
  model: Model | undefined,
): readonly JudgedFinding[] {
  const remembered = model === undefined ? undefined : { ...model, ask: remembering(model.ask) };
  const shapes = new Map<string, Judged>();
  const judged: JudgedFinding[] = [];
  for (const finding of findings) {
    const { shape } = finding;
    let answer = nothing;
    if (shape !== undefined && remembered !== undefined) {
      const key = shapeKey(shape);
      answer = shapes.get(key) ?? judgeShape(shape, remembered);
      shapes.set(key, answer);
    }
    const values = Object.values(answer.verdicts);
    const ruledOut =
      values.length > 0 && values.every((verdict) => verdict === "never" || verdict === "vacuous");
    if (finding.rule === "DONTFORK-NEEDLESS") {
      if (ruledOut) judged.push({ ...finding, ...answer, advice: [], applies: true });
      continue;
    }
    const severity = ruledOut && finding.hazardous ? "info" : finding.severity;
    judged.push({ ...finding, ...answer, severity, applies: !ruledOut });
  }
  return judged;
}
