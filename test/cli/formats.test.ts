import { describe, expect, test } from "vitest";
import { chooseFormats } from "../../src/cli/formats.ts";

const all = ["text", "json", "ktap", "junit"] as const;
const choose = (given: readonly string[], output?: string) => chooseFormats(given, output, all);

describe("--format", () => {
  test("text to the standard output when nothing is said", () => {
    expect(choose([])).toEqual({ ok: true, targets: [{ format: "text", file: undefined }] });
  });

  test("a format without a file takes the standard output", () => {
    expect(choose(["json"])).toEqual({ ok: true, targets: [{ format: "json", file: undefined }] });
  });

  test("a format with a file does not silence the text", () => {
    expect(choose(["json:a:b.json", "junit:t.xml"])).toEqual({
      ok: true,
      targets: [
        { format: "text", file: undefined },
        { format: "json", file: "a:b.json" },
        { format: "junit", file: "t.xml" },
      ],
    });
  });

  test("-o moves what would have gone to the standard output", () => {
    expect(choose([], "log")).toEqual({ ok: true, targets: [{ format: "text", file: "log" }] });
  });

  test("two formats in one place, an unknown one and an empty file are refused", () => {
    expect(choose(["json", "ktap"])).toMatchObject({
      ok: false,
      message: expect.stringContaining("--format ktap:FILE"),
    });
    expect(choose(["yaml"])).toMatchObject({ ok: false, message: expect.stringContaining("json") });
    expect(choose(["json:"]).ok).toBe(false);
  });
});
