import { expect, test } from "vitest";
import { isOfSeries, kernelOfRelease } from "../../src/cli/rig/kernel-of-rig.ts";
import { kernels, lineage } from "../../src/kernels/index.ts";

test.each([
  ["5.10.0-46-amd64", "stable-5.10"],
  ["6.1.0-56-cloud-amd64", "stable-6.1"],
  ["6.12.117+deb13-amd64", "stable-6.12"],
  ["6.12.115+deb13-amd64", "stable-6.12.115"],
  ["6.12.63+deb13-rt-amd64", "stable-6.12.115"],
  ["5.11.0", "v5.11"],
  ["5.16.2", "v5.14"],
  ["6.14.3", "v6.12"],
  ["6.16.12+deb13-amd64", "v6.16"],
  ["6.17.13+deb13-amd64", "v6.17"],
  ["6.19.14+deb13-amd64", "v6.18"],
  ["7.0.13+deb13-amd64", "v7.0"],
  ["7.1.13+deb13-amd64", "stable-7.1"],
  ["7.2.1-amd64", "v7.2"],
  ["7.3.4+deb13-amd64", "v7.3"],
  ["7.3.0-rc7", "v7.2"],
  ["5.9.0-rc7", "v5.9-rc7"],
  ["99.0", "v7.3"],
  ["5.9.16", "v5.9"],
  ["", undefined],
])("the release %s is the modelled kernel %s", (release, kernel) => {
  expect(kernelOfRelease({ release, origin: "" }, kernels, lineage)).toBe(kernel);
});

test.each([
  ["linux-image-6.1.0-47-amd64_6.1.170-3_amd64.deb", "stable-6.1.190"],
  ["linux-image-6.1.0-47-amd64 6.1.190-1", "stable-6.1.190"],
  ["linux-image-6.1.0-56-amd64 6.1.192-2", "stable-6.1"],
  ["vmlinuz.deb Debian 6.1.170-3", "stable-6.1.190"],
  ["linux-image-6.1.0-56-amd64.deb", "stable-6.1"],
])("a 6.1 from %s is %s", (origin, kernel) => {
  expect(kernelOfRelease({ release: "6.1.0-47-amd64", origin }, kernels, lineage)).toBe(kernel);
});

test("a candidate is not yet the release that it is named after", () => {
  const origin = "linux-binary-7.3-amd64 7.3~rc7-1~exp1";
  expect(kernelOfRelease({ release: "7.3-amd64", origin }, kernels, lineage)).toBe("v7.2");
});

test.each([
  ["v6.18", "6.18.15+deb13-amd64", true],
  ["stable-6.1.190", "6.1.0-47-amd64", true],
  ["v6.18", "6.19.14+deb13-amd64", false],
  ["stable-6.1", "6.12.118+deb13-amd64", false],
  ["stable-6.12", "6.1.0-47-amd64", false],
])("whether %s is of the series of %s: %s", (kernel, release, own) => {
  expect(isOfSeries(kernel, { release, origin: "" })).toBe(own);
});
