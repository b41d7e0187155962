import { describe, expect, test } from "vitest";
import { expandArguments } from "../../src/cli/arguments.ts";

const expand = (given: readonly string[], files: Record<string, string> = {}) =>
  expandArguments(given, (path) => files[path]);

describe("the command line before it is parsed", () => {
  test("herd's one-dash options are ours", () => {
    expect(expand(["herd", "T.litmus", "-model", "v5.9", "-o", "log", "-v"])).toEqual({
      ok: true,
      value: ["herd", "T.litmus", "--kernel", "v5.9", "--output", "log", "-v"],
    });
  });

  test("-conf reads one option a line, dashes or not, comments out", () => {
    const files = { "pin.cfg": "# usual\nmodel v5.9,v5.11\n--schedule serial # quick\nq\n\n" };
    expect(expand(["check", "-conf", "pin.cfg", "T.litmus"], files)).toEqual({
      ok: true,
      value: ["check", "--kernel", "v5.9,v5.11", "--schedule", "serial", "-q", "T.litmus"],
    });
  });

  test("a configuration file that cannot be read is named", () => {
    expect(expand(["check", "-conf", "gone.cfg"])).toMatchObject({
      ok: false,
      message: expect.stringContaining("gone.cfg"),
    });
    expect(expand(["check", "-conf"]).ok).toBe(false);
  });

  test("what follows -- is left alone", () => {
    expect(expand(["check", "--", "-model"])).toEqual({
      ok: true,
      value: ["check", "--", "-model"],
    });
  });
});
