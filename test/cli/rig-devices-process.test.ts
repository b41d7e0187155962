/**
 * Real devices in a guest: what they hold and move on Debian's kernels, set beside the model. Without
 * QEMU, gcc or the rigs it skips; with PINFOLD_REQUIRE_RIG=1 that is a failure.
 */
import { describe, expect, test } from "vitest";
import { findProgram } from "../../src/rig/commands.ts";
import { findQemu } from "../../src/rig/qemu.ts";
import { findRig } from "../../src/rig/rigs.ts";
import { pinfold } from "../support/cli.ts";

const names = ["debian:5.10", "debian:6.1"];
const added = (await Promise.all(names.map(findRig))).every((rig) => rig !== undefined);
const tools = findQemu().ok && findProgram("gcc") !== undefined;
const skip = process.env.PINFOLD_REQUIRE_RIG !== "1" && !(added && tools);
if (skip) {
  console.warn(
    `SKIP devices of real guests: no QEMU, no gcc or no rig; write: pinfold rig add ${names.join(" ")}`,
  );
}

const minutes = 5 * 60_000;
const files = [
  "idioms/DIRECT-IO+then-fork",
  "idioms/FORK+direct-io",
  "bugs/SOFTDIRTY+direct-io",
  "bugs/VFIO+fork+child-alive",
  "bugs/MPROTECT+VFIO",
  "idioms/TRANSMIT-BUFFER+hugetlb",
  "bugs/MPROTECT+XDP",
  "bugs/XDP+fork+stale-read",
];

interface Row {
  readonly test: string;
  readonly status: string;
  readonly realVerdict: string;
}

async function compared(...more: readonly string[]) {
  const paths = files.map((name) => `litmus/${name}.litmus`);
  const options = ["--rig", names.join(","), "--trials", "2", "--format", "json", ...more];
  const { code, out } = await pinfold(["compare", ...paths, ...options]);
  const { rows } = JSON.parse(out) as { readonly rows: readonly Row[] };
  return { code, rows };
}

describe.skipIf(skip)("devices of real guests", () => {
  test(
    "direct reads in flight, a card behind an IOMMU and a umem do as the model says",
    async () => {
      const { code, rows } = await compared();
      expect(rows.map(({ status }) => status)).toEqual(rows.map(() => "agree"));
      const lost = rows.filter((one) => one.test.startsWith("FORK+direct-io"));
      expect(lost.map((one) => one.realVerdict)).toEqual(lost.map(() => "always"));
      expect(rows.length).toBe(30);
      expect(code).toBe(0);
    },
    minutes,
  );

  test(
    "red control: a device that brings nothing is noticed",
    async () => {
      const { code, rows } = await compared("--leave-out-device-write");
      // Where the model loses it anyway there is nothing to notice: fork and reads, much on 5.10.
      const quiet = rows.filter((one) => one.status === "agree").map((one) => one.test);
      expect(quiet.filter((name) => !name.startsWith("FORK+direct-io")).sort()).toEqual([
        "MPROTECT+VFIO",
        "MPROTECT+XDP",
        "SOFTDIRTY+direct-io",
        "TRANSMIT-BUFFER+hugetlb",
        "TRANSMIT-BUFFER+hugetlb",
        "XDP+fork+stale-read",
        "XDP+fork+stale-read",
      ]);
      expect(rows.filter((one) => one.status === "forbid-seen")).toHaveLength(13);
      expect(code).toBe(1);
    },
    minutes,
  );
});
