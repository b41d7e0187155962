/**
 * The steps of a run as a tree: statements, below them the kernel's paths, below those the steps.
 * A path stays open as long as the same statement's steps keep walking in it.
 */
import type { RunStep } from "../verdict/result.ts";

export interface NumberedStep {
  readonly step: RunStep;
  /** From 1, over the whole run. */
  readonly number: number;
}

export interface PathNode {
  /** "copy_present_pte(x)" */
  name: string;
  readonly items: (PathNode | NumberedStep)[];
}

/** Steps of one actor's statement without another actor's between them. */
export interface StatementNode {
  readonly actor: string;
  readonly statement: string;
  /** Whether the statement began earlier and was interrupted by another actor. */
  readonly goesOn: boolean;
  readonly root: PathNode;
}

export function isStep(item: PathNode | NumberedStep): item is NumberedStep {
  return "step" in item;
}

/** The run's statements in order, each with its tree. */
export function stepTree(steps: readonly RunStep[]): readonly StatementNode[] {
  const statements: StatementNode[] = [];
  const entered = new Map<string, string>();
  let open: PathNode[] = [];
  steps.forEach((step, index) => {
    const last = statements.at(-1);
    if (last?.actor !== step.actor || last.statement !== step.statement) {
      const root: PathNode = { name: "", items: [] };
      const goesOn = entered.get(step.actor) === step.statement;
      statements.push({ actor: step.actor, statement: step.statement, goesOn, root });
      entered.set(step.actor, step.statement);
      open = [root];
    }
    open = walk(open, step.path);
    open.at(-1)?.items.push({ step, number: index + 1 });
  });
  return statements;
}

/** Leaves the open paths that the step is not in, and enters those that are new. */
function walk(open: readonly PathNode[], path: readonly string[]): PathNode[] {
  const [root] = open;
  const kept = root === undefined ? [] : [root];
  let common = 0;
  while (common < path.length) {
    const node = open[common + 1];
    const name = path[common] ?? "";
    if (node === undefined || !samePath(node.name, name)) {
      break;
    }
    // A step that names no page says the path without its argument: keep the fuller name.
    node.name = name.length > node.name.length ? name : node.name;
    kept.push(node);
    common++;
  }
  for (const name of path.slice(common)) {
    const node: PathNode = { name, items: [] };
    kept.at(-1)?.items.push(node);
    kept.push(node);
  }
  return kept;
}

/** `change_pte(x)` and `change_pte` are one path, `change_pte(x)` and `change_pte(y)` are two. */
function samePath(one: string, other: string): boolean {
  const [bareOne, bareOther] = [withoutArgument(one), withoutArgument(other)];
  return one === other || (bareOne === bareOther && (one === bareOne || other === bareOther));
}

function withoutArgument(name: string): string {
  return name.replace(/\(.*\)$/, "");
}
