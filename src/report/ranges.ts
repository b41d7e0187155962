/**
 * Kernels that answer alike, folded into ranges of the lineage: `..v5.8`, `v5.9-rc4..v5.18`,
 * `v5.19..`. A range never claims a kernel that was not asked; kernels off the line stand by name.
 */

export interface Group<Item> {
  /** "..v5.8", "v5.9", "mainline", "all 12 kernels", "peter-xu-v1, peter-xu-v2", "8 others" */
  readonly label: string;
  /** The first item of the group; all others are like it. */
  readonly item: Item;
  readonly kernels: readonly string[];
}

interface Answer {
  readonly kernel: string;
}

/** Folds answers; `likeness` gives equal text for answers that may stand together. */
export function foldKernels<Item extends Answer>(
  answers: readonly Item[],
  lineage: readonly string[],
  likeness: (item: Item) => string,
): readonly Group<Item>[] {
  const [first] = answers;
  if (first === undefined) {
    return [];
  }
  const kernels = answers.map(({ kernel }) => kernel);
  const allAlike = answers.every((answer) => likeness(answer) === likeness(first));
  const whole = lineage.every((kernel) => kernels.includes(kernel));
  if (allAlike && whole && answers.length > 1) {
    return [{ label: `all ${answers.length} kernels`, item: first, kernels }];
  }
  return [
    ...foldLine(answers, lineage, likeness),
    ...foldOthers(
      answers.filter(({ kernel }) => !lineage.includes(kernel)),
      likeness,
    ),
  ];
}

function foldLine<Item extends Answer>(
  answers: readonly Item[],
  lineage: readonly string[],
  likeness: (item: Item) => string,
): readonly Group<Item>[] {
  const groups: { items: Item[]; last: number }[] = [];
  lineage.forEach((kernel, position) => {
    const item = answers.find((answer) => answer.kernel === kernel);
    if (item === undefined) {
      return;
    }
    const open = groups.at(-1);
    const head = open?.items[0];
    if (open !== undefined && head !== undefined && open.last === position - 1) {
      if (likeness(head) === likeness(item)) {
        open.items.push(item);
        open.last = position;
        return;
      }
    }
    groups.push({ items: [item], last: position });
  });
  return groups.flatMap(({ items }) => groupOf(items, lineage));
}

function groupOf<Item extends Answer>(
  items: readonly Item[],
  lineage: readonly string[],
): readonly Group<Item>[] {
  const [item] = items;
  const last = items.at(-1);
  if (item === undefined || last === undefined) {
    return [];
  }
  const kernels = items.map(({ kernel }) => kernel);
  const label = rangeLabel(item.kernel, last.kernel, lineage);
  return [{ label, item, kernels }];
}

function rangeLabel(first: string, last: string, lineage: readonly string[]): string {
  if (first === last) {
    return first;
  }
  const fromStart = first === lineage[0];
  const toEnd = last === lineage.at(-1);
  if (fromStart && toEnd) {
    return "mainline";
  }
  return `${fromStart ? "" : first}..${toEnd ? "" : last}`;
}

/** The largest class of many is called "others": a list of names would drown what differs. */
const namedMax = 3;

function foldOthers<Item extends Answer>(
  answers: readonly Item[],
  likeness: (item: Item) => string,
): readonly Group<Item>[] {
  const classes = new Map<string, Item[]>();
  for (const answer of answers) {
    const key = likeness(answer);
    const items = classes.get(key) ?? [];
    items.push(answer);
    classes.set(key, items);
  }
  const sorted = [...classes.values()].sort((one, other) => one.length - other.length);
  return sorted.flatMap((items, index) => {
    const [item] = items;
    const kernels = items.map(({ kernel }) => kernel);
    const anonymous = index === sorted.length - 1 && items.length > namedMax;
    const label = anonymous ? `${items.length} others` : kernels.join(", ");
    return item === undefined ? [] : [{ label, item, kernels }];
  });
}
