/** Between post and complete a device writes when it likes: a test that pins the moment misses the loss. */
import { describe, expect, it } from "vitest";
import { expand, printStatement } from "../../src/litmus/index.ts";
import { read } from "./support.ts";

function actorsOf(actors: string) {
  const [test] = expand(read(`Linux P\n{ page x = anon; }\n${actors}\nexists (true)`));
  return test!.actors.map(({ name, statements }) => `${name}: ${statements.map(print).join(" ")}`);
}
const print = (one: Parameters<typeof printStatement>[0]) => printStatement(one);

describe("a posted write", () => {
  it("is a device that awaits the start and signals the end", () => {
    expect(actorsOf("P0 { h = ibv_reg_mr(x, WRITE); h.post(2); x = 1; h.complete(); }")).toEqual([
      "P0: h = ibv_reg_mr(x, WRITE); signal(h_posted); x = 1; await(h_written);",
      "D0: await(h_posted); dma_write(h, 2); signal(h_written);",
    ]);
  });

  it("ends with the completion after it, not with one before", () => {
    const [first] = actorsOf(
      "P0 { h = ibv_reg_mr(x, WRITE); h.post(2); h.complete(); h.post(3); h.post(4); h.complete(); }",
    );
    expect(first).toBe(
      "P0: h = ibv_reg_mr(x, WRITE); signal(h_posted); await(h_written); signal(h_posted2); " +
        "signal(h_posted3); await(h_written); await(h_written2); await(h_written3);",
    );
  });

  it("may be awaited by another thread, and takes no name that is in use", () => {
    expect(
      actorsOf(
        "P0 { h = ibv_reg_mr(x, WRITE); h.post(2); signal(h_posted); }\n" +
          "P0.T1 { await(h_posted); h.complete(); }\nD0 { dma_write(h, 5); }",
      ),
    ).toEqual([
      "P0: h = ibv_reg_mr(x, WRITE); signal(h_posted2); signal(h_posted);",
      "P0.T1: await(h_posted); await(h_written);",
      "D0: dma_write(h, 5);",
      "D1: await(h_posted2); dma_write(h, 2); signal(h_written);",
    ]);
  });

  it("leaves a direct read's completion alone", () => {
    expect(actorsOf("P0 { h = read_direct(x); complete(h, 2); }")).toEqual([
      "P0: h = read_direct(x); complete(h, 2);",
    ]);
  });
});

describe("flags", () => {
  it("are the same with commas as with bars", () => {
    expect(actorsOf("P0 { h = pin(x, WRITE, LONGTERM); }")).toEqual(
      actorsOf("P0 { h = pin(x, WRITE | LONGTERM); }"),
    );
  });
});
