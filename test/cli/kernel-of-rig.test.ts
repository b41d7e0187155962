import { expect, test } from "vitest";
import { kernelOfRelease } from "../../src/cli/rig/kernel-of-rig.ts";
import { kernels, lineage } from "../../src/kernels/index.ts";

test.each([
  ["5.10.0-46-amd64", "stable-5.10"],
  ["6.1.0-56-cloud-amd64", "stable-6.1"],
  ["6.12.63+deb13-amd64", "stable-6.12"],
  ["5.11.0", "v5.11"],
  ["5.16.2", "v5.14"],
  ["7.2.1-amd64", "v7.2"],
  ["7.3-amd64", "v7.2"],
  ["99.0", "v7.2"],
  ["5.9.16", "v5.9"],
  ["", undefined],
])("the release %s is the modelled kernel %s", (release, kernel) => {
  expect(kernelOfRelease(release, kernels, lineage)).toBe(kernel);
});
