/** A long search hears an interrupt: it prints what it knows, and says so by its exit code. */
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { entry, pinfold } from "../support/cli.ts";

describe("a command that searches", () => {
  it("ends at the first interrupt with what it knows", { timeout: 60_000 }, async () => {
    const deep = ["diff", "v6.12", "v6.12", "--depth", "12", "--ops", "all"];
    const child = execa(process.execPath, [entry, ...deep], { reject: false });
    await new Promise((resolve) => setTimeout(resolve, 4000));
    child.kill("SIGINT");
    const { exitCode, stdout } = await child;
    expect(exitCode).toBe(130);
    expect(stdout).toMatch(/no difference found between v6\.12 and v6\.12.*interrupted/s);
  });

  it("prints, complains and ends as in the main thread", { timeout: 60_000 }, async () => {
    const { code, out, err } = await pinfold(["diff", "v5.8", "v5.99"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain('unknown kernel "v5.99"');
    const help = await pinfold(["diff", "--help"]);
    expect(help.code).toBe(0);
    expect(help.out).toContain("Usage: pinfold diff");
  });
});
