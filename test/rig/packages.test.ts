import { describe, expect, it } from "vitest";
import { compareVersions } from "../../src/rig/debian-version.ts";
import {
  hasModules,
  isKernelPackage,
  newestKernel,
  readPackages,
  servedSeries,
} from "../../src/rig/packages.ts";

const paragraph = (name: string, version: string, size: number) =>
  `Package: ${name}\nSource: linux\nVersion: ${version}\nDescription: a kernel\n with a second line\n Package: not-a-field\nSize: ${size}\n`;

const index = [
  paragraph("bash", "5.2", 1_000_000),
  paragraph("linux-image-6.1.0-9-amd64", "6.1.90-1", 60_000_000),
  paragraph("linux-image-6.1.0-47-amd64", "6.1.170-3", 60_000_000),
  paragraph("linux-image-6.1.0-47-cloud-amd64", "6.1.170-3", 20_000_000),
  paragraph("linux-image-6.1.0-48-rt-amd64", "6.1.172-1", 60_000_000),
  paragraph("linux-image-6.12-amd64", "6.12.9-1", 1_400),
  paragraph("linux-image-7.2.13+deb14-amd64", "7.2.13-1", 1_400),
  paragraph("linux-binary-7.2.13+deb14-amd64", "7.2.13-1", 12_000_000),
  paragraph("linux-modules-7.2.13+deb14-amd64", "7.2.13-1", 80_000_000),
].join("\n");

describe("a package index", () => {
  const packages = readPackages(index, isKernelPackage);

  it("is read for the names asked for", () => {
    expect(packages).toHaveLength(8);
    expect(packages[0]).toEqual({
      name: "linux-image-6.1.0-9-amd64",
      version: "6.1.90-1",
      size: 60_000_000,
    });
  });

  it("names the newest kernel of a series and flavour", () => {
    expect(newestKernel(packages, "6.1", "generic")?.release).toBe("6.1.0-47-amd64");
    expect(newestKernel(packages, "6.1", "cloud")?.release).toBe("6.1.0-47-cloud-amd64");
    expect(newestKernel(packages, "6", "generic")?.release).toBe("6.1.0-47-amd64");
    expect(newestKernel(packages, "6.1", "rt")?.release).toBe("6.1.0-48-rt-amd64");
    expect(newestKernel(packages, "7.2", "rt")).toBeUndefined();
    expect(newestKernel(packages, "6.12", "generic")).toBeUndefined();
    expect(servedSeries(packages)).toEqual(["6.1", "7.2"]);
  });

  it("takes an older kernel with its modules rather than a newer one without", () => {
    const newer = readPackages(
      paragraph("linux-binary-7.2.14+deb14-amd64", "7.2.14-1", 12_000_000),
      isKernelPackage,
    );
    const both = newestKernel([...newer, ...packages], "7.2", "generic")!;
    expect(both.release).toBe("7.2.13+deb14-amd64");
    expect(hasModules(both)).toBe(true);
    const bare = newestKernel(newer, "7.2", "generic")!;
    expect(bare.release).toBe("7.2.14+deb14-amd64");
    expect(hasModules(bare)).toBe(false);
  });

  it("joins image and modules where they are parted, and leaves the meta-package out", () => {
    const kernel = newestKernel(packages, "7.2", "generic");
    expect(kernel?.packages.map((one) => one.name)).toEqual([
      "linux-binary-7.2.13+deb14-amd64",
      "linux-modules-7.2.13+deb14-amd64",
    ]);
  });
});

describe("compareVersions", () => {
  it("follows Debian's order", () => {
    const sorted = ["1.0~rc1", "1.0", "1.0-1", "1.0-1+b1", "1.0a", "1.0+x", "1.9", "1.10", "1:0.1"];
    for (let left = 0; left < sorted.length; left++) {
      for (let right = 0; right < sorted.length; right++) {
        const order = Math.sign(compareVersions(sorted[left] ?? "", sorted[right] ?? ""));
        expect([sorted[left], sorted[right], order]).toEqual([
          sorted[left],
          sorted[right],
          Math.sign(left - right),
        ]);
      }
    }
  });
});
