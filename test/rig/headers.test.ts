import { describe, expect, test } from "vitest";
import { headerPackages } from "../../src/rig/headers.ts";

const served = (names: readonly string[], version: string) =>
  names.map((name) => ({ name, version, size: 1 }));

describe("the packages that a module is built against", () => {
  const old = served(
    ["linux-headers-6.1.0-56-amd64", "linux-headers-6.1.0-56-common", "linux-kbuild-6.1"],
    "6.1.192-2",
  );
  const recent = served(
    [
      "linux-headers-7.2.13+deb14-amd64",
      "linux-headers-7.2.13+deb14-common",
      "linux-kbuild-7.2.13+deb14",
    ],
    "7.2.13-1",
  );

  test("are found by the series, or by the whole release", () => {
    expect(headerPackages([...old, ...recent], "6.1.0-56-amd64", "6.1.192-2")).toEqual(old);
    expect(headerPackages([...old, ...recent], "7.2.13+deb14-amd64", "7.2.13-1")).toEqual(recent);
  });

  test("of a preemptible kernel are its own, where it has some", () => {
    const [, common, scripts] = old;
    const [own, sources] = served(
      ["linux-headers-6.1.0-56-rt-amd64", "linux-headers-6.1.0-56-common-rt"],
      "6.1.192-2",
    );
    const all = [common!, sources!, scripts!, own!];
    expect(headerPackages(all, "6.1.0-56-rt-amd64", "6.1.192-2")).toEqual([own, sources, scripts]);
    const shared = [common!, scripts!, own!];
    expect(headerPackages(shared, "6.1.0-56-rt-amd64", "6.1.192-2")).toEqual([
      own,
      common,
      scripts,
    ]);
  });

  test("may have newer build scripts, where these are a series' own", () => {
    const [image, common] = old;
    const [scripts] = served(["linux-kbuild-6.1"], "6.1.194-1");
    const mixed = [image!, common!, scripts!];
    expect(headerPackages(mixed, "6.1.0-56-amd64", "6.1.192-2")).toEqual(mixed);
  });

  test("must be of the image's version", () => {
    expect(headerPackages(old, "6.1.0-56-amd64", "6.1.170-1")).toBeUndefined();
    expect(headerPackages(old.slice(1), "6.1.0-56-amd64", "6.1.192-2")).toBeUndefined();
  });
});
