import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { findProgram } from "../../src/rig/commands.ts";
import { writeCpio } from "../../src/rig/cpio.ts";

const text = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);

const archive = writeCpio([
  { kind: "directory", path: "dev" },
  { kind: "character device", path: "dev/console", major: 5, minor: 1 },
  { kind: "file", path: "/init", data: new TextEncoder().encode("hello") },
]);

describe("writeCpio", () => {
  it("writes newc headers with hexadecimal fields", () => {
    const shown = text(archive);
    expect(shown.slice(0, 110)).toBe(
      "070701" +
        ["00000001", "000041ed", "00000000", "00000000", "00000002", "00000000", "00000000"].join(
          "",
        ) +
        ["00000000", "00000000", "00000000", "00000000", "00000004", "00000000"].join(""),
    );
    expect(shown.slice(110, 114)).toBe("dev\0");
  });

  it("gives a device its numbers and a file its bytes without a leading slash", () => {
    const shown = text(archive);
    const device = shown.indexOf("dev/console");
    expect(shown.slice(device - 32, device - 16)).toBe("0000000500000001");
    expect(shown.slice(device - 96, device - 88)).toBe("00002180");
    const name = shown.indexOf("init\0");
    expect(shown[name - 1]).not.toBe("/");
    expect(shown.indexOf("hello") % 4).toBe(0);
    expect(shown).toContain("TRAILER!!!\0");
  });

  it("pads everything to four bytes", () => {
    expect(archive.length % 4).toBe(0);
    for (const at of [...text(archive).matchAll(/070701/g)].map((match) => match.index)) {
      expect(at % 4).toBe(0);
    }
  });

  it.skipIf(findProgram("cpio") === undefined)("is read by cpio", () => {
    const listing = spawnSync("cpio", ["-tv"], { input: archive, encoding: "utf8" });
    expect(listing.status).toBe(0);
    expect(listing.stdout).toMatch(/^drwxr-xr-x .* dev$/m);
    expect(listing.stdout).toMatch(/^crw------- .* 5, +1 .* dev\/console$/m);
    expect(listing.stdout).toMatch(/^-rwxr-xr-x .* 5 .* init$/m);
    const broken = spawnSync("cpio", ["-tv"], { input: archive.subarray(2), encoding: "utf8" });
    expect(broken.stdout).not.toMatch(/^d/m);
  });
});
