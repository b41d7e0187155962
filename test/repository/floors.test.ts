import { describe, expect, test } from "vitest";
import { floorBreaches } from "../../scripts/floors.ts";
import { repositoryFiles } from "../../scripts/repository.ts";

const breachesOf = (files: Record<string, string>): readonly string[] =>
  floorBreaches(new Map(Object.entries(files)));

describe("floors", () => {
  test("the source keeps its floors", () => {
    const tree = repositoryFiles((path) => path.startsWith("src/") && path.endsWith(".ts"));
    expect(tree.size).toBeGreaterThan(3);
    expect(floorBreaches(tree)).toEqual([]);
  });

  test("an import from a floor above is fine, one from below is not", () => {
    const files = {
      "src/step/lock.ts": "",
      "src/mm/fork.ts": 'import { lock } from "../step/lock.ts";',
    };
    expect(breachesOf(files)).toEqual([]);
    const turned = {
      "src/mm/fork.ts": "",
      "src/step/lock.ts": 'import type {\n  Fork,\n} from "../mm/fork.ts";',
    };
    expect(breachesOf(turned)).toEqual([
      "src/step/lock.ts: imports src/mm/fork.ts from the floor mm, which is below step",
    ]);
  });

  test("re-exports and dynamic imports count", () => {
    const cli = { "src/cli/main.ts": "" };
    expect(breachesOf({ ...cli, "src/mm/a.ts": 'export * from "../cli/main.ts";' })).toHaveLength(
      1,
    );
    expect(
      breachesOf({ ...cli, "src/mm/a.ts": 'const m = await import("../cli/main.ts");' }),
    ).toHaveLength(1);
  });

  test("what runs in a browser asks for no module of Node", () => {
    expect(breachesOf({ "src/report/a.ts": 'import "node:fs";' })).toHaveLength(1);
    expect(breachesOf({ "src/report/a.ts": 'import { join } from "path";' })).toHaveLength(1);
    expect(breachesOf({ "src/cli/a.ts": 'import "node:fs";' })).toEqual([]);
    expect(breachesOf({ "src/audit/record/a.ts": 'import "node:fs";' })).toEqual([]);
  });

  test("a circle is named", () => {
    const files = {
      "src/mm/a.ts": 'import { b } from "./b.ts";',
      "src/mm/b.ts": 'import { a } from "./a.ts";',
    };
    expect(breachesOf(files)).toEqual(["circle: src/mm/a.ts -> src/mm/b.ts -> src/mm/a.ts"]);
  });

  test("a missing suffix and a file on no floor are named", () => {
    expect(breachesOf({ "src/mm/a.ts": 'import "./b";' })).toHaveLength(1);
    expect(breachesOf({ "src/stray.ts": 'import "chevrotain";' })).toHaveLength(1);
  });
});
