/**
 * A run as nested steps: whose statement, through which paths of the kernel, what each step changed,
 * and a state picture wherever a statement has ended. A path with one step in it takes one line.
 */
import type { Run, RunStep, StatePicture } from "../verdict/result.ts";
import { drawPicture, samePicture } from "./picture.ts";
import { isStep, type NumberedStep, type PathNode, stepTree } from "./step-tree.ts";
import { type Look, type Palette, paletteOf } from "./style.ts";
import { padded, visibleWidth, wrapWords } from "./wrap.ts";

export interface RunOptions {
  /** Also say where in the source each step stands. */
  readonly sources: boolean;
}

interface Drawing {
  readonly options: RunOptions;
  readonly look: Look;
  readonly paint: Palette;
  /** The pictures' lines that follow a step, by the step's number. */
  readonly pictureAfter: ReadonlyMap<number, readonly string[]>;
}

/** Where a step's changes begin if the line has room. */
const changeColumn = 44;

/** The run's lines, first step to last. */
export function drawRun(run: Run, options: RunOptions, look: Look): readonly string[] {
  const paint = paletteOf(look);
  const pictureAfter = drawPictures(run, look);
  const drawing: Drawing = { options, look, paint, pictureAfter };
  return [
    ...(pictureAfter.get(0) ?? []),
    ...stepTree(run.steps).flatMap(({ actor, statement, goesOn, root }) => [
      paint.strong(`${actor}: ${statement}`) + (goesOn ? paint.faint("  (goes on)") : ""),
      ...itemLines(root, 1, drawing),
    ]),
  ];
}

/** Pictures that show something new, each with what changed marked. */
function drawPictures(run: Run, look: Look): ReadonlyMap<number, readonly string[]> {
  const drawn = new Map<number, readonly string[]>();
  let shown: StatePicture | undefined;
  for (const { after, picture } of run.pictures) {
    if (shown === undefined || !samePicture(shown, picture)) {
      const lines = drawPicture(picture, shown, look).map((line) => `      ${line}`);
      drawn.set(after, lines);
      shown = picture;
    }
  }
  return drawn;
}

function itemLines(node: PathNode, depth: number, drawing: Drawing): readonly string[] {
  return node.items.flatMap((item) =>
    isStep(item) ? stepLines(item, "", depth, drawing) : pathLines(item, depth, drawing),
  );
}

/** A path's name with its steps below it; a chain of lone paths, or of a lone step, in one line. */
function pathLines(path: PathNode, depth: number, drawing: Drawing): readonly string[] {
  const names = [path.name];
  let inner = path;
  for (;;) {
    const [only] = inner.items;
    if (only === undefined || inner.items.length > 1) {
      break;
    }
    if (isStep(only)) {
      return stepLines(only, `${names.join(" -> ")} -> `, depth, drawing);
    }
    names.push(only.name);
    inner = only;
  }
  const head = "  ".repeat(depth) + drawing.paint.place(names.join(" -> "));
  return [head, ...itemLines(inner, depth + 1, drawing)];
}

function stepLines(
  { step, number }: NumberedStep,
  through: string,
  depth: number,
  drawing: Drawing,
): readonly string[] {
  const { options, look, paint, pictureAfter } = drawing;
  const indent = `${"  ".repeat(depth)}${`${number}.`.padEnd(4)}`;
  const source = options.sources ? paint.faint(`  ${step.source}`) : "";
  const changes = step.changes.map(changeText);
  const words = wrapWords(step.label, Math.max(20, look.width - indent.length - through.length));
  const [first = "", ...more] = words;
  const head = paint.faint(indent) + paint.place(through) + first;
  const lines =
    more.length === 0
      ? withChanges(head, source, changes, indent.length, drawing)
      : [
          head,
          ...more.map((line) => " ".repeat(indent.length) + line),
          ...changeLines(changes, indent.length, drawing),
        ];
  return [...lines, ...(pictureAfter.get(number) ?? [])];
}

/** One change stands beside its step where there is room; others stand below. */
function withChanges(
  head: string,
  source: string,
  changes: readonly string[],
  indent: number,
  drawing: Drawing,
): readonly string[] {
  const { look, paint } = drawing;
  const [only] = changes;
  const taken = visibleWidth(head) + visibleWidth(source);
  if (only !== undefined && changes.length === 1 && taken + visibleWidth(only) + 2 <= look.width) {
    const column = Math.min(changeColumn, look.width - visibleWidth(only) - 2);
    return [`${padded(head + source, column)}  ${paint.unsure(only)}`];
  }
  return [head + source, ...changeLines(changes, indent, drawing)];
}

function changeLines(
  changes: readonly string[],
  indent: number,
  { look, paint }: Drawing,
): readonly string[] {
  const width = Math.max(20, look.width - indent - 2);
  return changes.flatMap((change) =>
    wrapWords(change, width).map((line) => " ".repeat(indent + 2) + paint.unsure(line)),
  );
}

function changeText({ what, before, after }: RunStep["changes"][number]): string {
  return `${what}: ${before} -> ${after}`;
}
