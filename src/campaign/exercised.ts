/** How often a campaign asked each of a kernel's decisions: one never asked was never compared. */
import { type DecisionName, decisionNames, type Kernel } from "../kernels/index.ts";

export interface Exercised {
  /** The same kernel, whose answers are counted. */
  readonly kernel: Kernel;
  /** Ends one test: a decision counts once for it. */
  readonly endTest: () => void;
  /** Tests that asked each decision. */
  readonly counts: () => ReadonlyMap<DecisionName, number>;
}

/** A kernel that counts. */
export function countDecisions(kernel: Kernel): Exercised {
  const counts = new Array<number>(kernel.table.length).fill(0);
  const asked = new Set<number>();
  const table = new Proxy(kernel.table, {
    get(target, key) {
      const index = typeof key === "string" ? Number(key) : Number.NaN;
      if (Number.isInteger(index)) asked.add(index);
      return Reflect.get(target, key, target);
    },
  });
  const endTest = () => {
    for (const index of asked) counts[index] = (counts[index] ?? 0) + 1;
    asked.clear();
  };
  return {
    kernel: { ...kernel, table },
    endTest,
    counts: () => new Map(decisionNames.map((name, index) => [name, counts[index] ?? 0])),
  };
}
