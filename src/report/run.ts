/**
 * A run as nested steps: whose statement, through which paths of the kernel, what each step changed,
 * and a state picture wherever a statement has ended. A path is named once, when the run enters it.
 */
import type { Run, RunStep, StatePicture } from "../verdict/result.ts";
import { drawPicture, samePicture } from "./picture.ts";
import { type Look, type Palette, paletteOf } from "./style.ts";
import { padded, visibleWidth, wrapWords } from "./wrap.ts";

export interface RunOptions {
  /** Also say where in the source each step stands. */
  readonly sources: boolean;
}

/** What the walk over the steps remembers from the step before. */
interface Standing {
  readonly step: RunStep | undefined;
  /** Statements that have been entered and left for another actor's, by actor. */
  readonly entered: ReadonlyMap<string, string>;
}

/** The run's lines, first step to last. */
export function drawRun(run: Run, options: RunOptions, look: Look): readonly string[] {
  const paint = paletteOf(look);
  const pictures = new Map(run.pictures.map(({ after, picture }) => [after, picture]));
  const lines: string[] = [];
  const entered = new Map<string, string>();
  let previous: RunStep | undefined;
  let shown: StatePicture | undefined;
  const show = (after: number): void => {
    const picture = pictures.get(after);
    if (picture !== undefined && (shown === undefined || !samePicture(shown, picture))) {
      lines.push(...drawPicture(picture, shown, look).map((line) => `      ${line}`));
      shown = picture;
    }
  };
  show(0);
  run.steps.forEach((step, index) => {
    const standing: Standing = { step: previous, entered };
    lines.push(...headLines(step, standing, paint));
    const path = newPath(step, standing);
    lines.push(...path.map((line) => paint.place(line)));
    lines.push(...stepLines(step, index + 1, options, paint, look));
    entered.set(step.actor, step.statement);
    previous = step;
    show(index + 1);
  });
  return lines;
}

function headLines(step: RunStep, { step: previous, entered }: Standing, paint: Palette): string[] {
  const goesOn = previous?.actor === step.actor && previous.statement === step.statement;
  if (goesOn) {
    return [];
  }
  const again = entered.get(step.actor) === step.statement ? paint.faint("  (goes on)") : "";
  return [`${paint.strong(`${step.actor}: ${step.statement}`)}${again}`];
}

/** The path names that this step enters, indented by depth; none while the path stays the same. */
function newPath(step: RunStep, { step: previous }: Standing): readonly string[] {
  const same = previous?.actor === step.actor && previous.statement === step.statement;
  const old = same && previous !== undefined ? previous.path : [];
  let common = 0;
  while (common < old.length && common < step.path.length && old[common] === step.path[common]) {
    common++;
  }
  if (common === step.path.length && common === old.length) {
    return [];
  }
  const names = step.path.slice(common);
  if (names.length === 0) {
    // Back in an outer path: name it again, or the step would seem to stand in the inner one.
    const last = step.path.at(-1);
    return last === undefined ? [] : [`${"  ".repeat(step.path.length)}${last} (goes on)`];
  }
  return [`${"  ".repeat(common + 1)}${names.join(" -> ")}`];
}

function stepLines(
  step: RunStep,
  number: number,
  options: RunOptions,
  paint: Palette,
  look: Look,
): readonly string[] {
  const indent = "  ".repeat(step.path.length + 1);
  const head = `${indent}${paint.faint(`${number}.`)} ${step.label}`;
  const source = options.sources ? `  ${paint.faint(step.source)}` : "";
  const changes = step.changes.map((change) => changeText(change));
  const [only] = changes;
  const room = look.width - visibleWidth(head) - visibleWidth(source);
  if (changes.length === 1 && only !== undefined && visibleWidth(only) + 4 <= room) {
    const gap = padded(head, Math.min(44, look.width - visibleWidth(only) - 2));
    return [`${gap}${source}  ${paint.unsure(only)}`];
  }
  const inner = `${indent}     `;
  const width = Math.max(20, look.width - inner.length);
  return [
    head + source,
    ...changes.flatMap((change) =>
      wrapWords(change, width).map((line) => inner + paint.unsure(line)),
    ),
  ];
}

function changeText({ what, before, after }: RunStep["changes"][number]): string {
  return `${what}: ${before} -> ${after}`;
}
