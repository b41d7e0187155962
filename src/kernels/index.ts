/** The kernels by name, and the mainline lineage in order. */
import { type Kernel, type KernelFile, makeKernel } from "./kernel.ts";
import { linus_2020_09_25 } from "./linus-2020-09-25.ts";
import { linus_2020_09_28 } from "./linus-2020-09-28.ts";
import { peter_xu_v1 } from "./peter-xu-v1.ts";
import { peter_xu_v2 } from "./peter-xu-v2.ts";
import { stable_5_7 } from "./stable-5.7.ts";
import { stable_5_10 } from "./stable-5.10.ts";
import { stable_6_1_190 } from "./stable-6.1.190.ts";
import { stable_6_1 } from "./stable-6.1.ts";
import { stable_6_12_115 } from "./stable-6.12.115.ts";
import { stable_6_12 } from "./stable-6.12.ts";
import { stable_7_1 } from "./stable-7.1.ts";
import { v4_19 } from "./v4.19.ts";
import { v5_4 } from "./v5.4.ts";
import { v5_7 } from "./v5.7.ts";
import { v5_8 } from "./v5.8.ts";
import { v5_9 } from "./v5.9.ts";
import { v5_9_rc4 } from "./v5.9-rc4.ts";
import { v5_9_rc7 } from "./v5.9-rc7.ts";
import { v5_11 } from "./v5.11.ts";
import { v5_12 } from "./v5.12.ts";
import { v5_14 } from "./v5.14.ts";
import { v5_17 } from "./v5.17.ts";
import { v5_18 } from "./v5.18.ts";
import { v5_19 } from "./v5.19.ts";
import { v6_0 } from "./v6.0.ts";
import { v6_1 } from "./v6.1.ts";
import { v6_2 } from "./v6.2.ts";
import { v6_6 } from "./v6.6.ts";
import { v6_12 } from "./v6.12.ts";
import { v6_16 } from "./v6.16.ts";
import { v6_17 } from "./v6.17.ts";
import { v6_18 } from "./v6.18.ts";
import { v7_0 } from "./v7.0.ts";
import { v7_1 } from "./v7.1.ts";
import { v7_2 } from "./v7.2.ts";
import { v7_3 } from "./v7.3.ts";

const files: readonly KernelFile[] = [
  v4_19,
  v5_4,
  v5_7,
  v5_8,
  v5_9_rc4,
  v5_9_rc7,
  v5_9,
  v5_11,
  v5_12,
  v5_14,
  v5_17,
  v5_18,
  v5_19,
  v6_0,
  v6_1,
  v6_2,
  v6_6,
  v6_12,
  v6_16,
  v6_17,
  v6_18,
  v7_0,
  v7_1,
  peter_xu_v1,
  linus_2020_09_25,
  peter_xu_v2,
  linus_2020_09_28,
  stable_5_7,
  stable_5_10,
  stable_6_1_190,
  stable_6_1,
  stable_6_12_115,
  stable_6_12,
  stable_7_1,
  v7_2,
  v7_3,
];

function build(): readonly Kernel[] {
  const made = new Map<string, Kernel>();
  for (const file of files)
    made.set(
      file.name,
      makeKernel(file, file.extends === undefined ? undefined : made.get(file.extends)),
    );
  return [...made.values()];
}

/** Every modelled kernel: the lineage first, then what lies off it. */
export const kernels: readonly Kernel[] = build();

/** The mainline kernels' names, oldest first: the order of ranges such as `v5.9..v5.18`. */
export const lineage: readonly string[] = kernels
  .filter((kernel) => kernel.mainline)
  .map((kernel) => kernel.name);

export function findKernel(name: string): Kernel | undefined {
  return kernels.find((kernel) => kernel.name === name);
}

export {
  type Decision,
  type DecisionName,
  decisionNames,
  decisionValues,
  type Evidence,
  type Kernel,
  type KernelFile,
  makeKernel,
  type Stated,
  withDecisions,
} from "./kernel.ts";
