/** Frames are renumbered only while every field of the state is known to the renumbering. */
import { describe, expect, it } from "vitest";
import { findKernel } from "../../src/kernels/index.ts";
import { alphabet } from "../../src/synth/alphabet.ts";
import { bench, benchModel } from "../../src/synth/bench.ts";
import { Canonical, unknownFields } from "../../src/synth/canonical.ts";

const made = (kinds: readonly string[]) =>
  benchModel(bench(alphabet({ kinds, families: ["write"] })), findKernel("v6.1")!);

describe("the canonical form", () => {
  it("knows every field of the state", () => {
    expect(unknownFields(made(["anon"]).model)).toEqual([]);
    expect(unknownFields(made(["thp"]).model)).toEqual([]);
  });

  it("notices a field it was not told of", () => {
    const { model } = made(["anon"]);
    const offsets = new Map([...model.layout.offsets, ["page.colour", 0]]);
    const stranger = { ...model, layout: { ...model.layout, offsets } };
    expect(unknownFields(stranger)).toEqual(["page.colour"]);
  });

  it("makes one state of two that differ in a frame's number, and not of two that differ in content", () => {
    const { model, first } = made(["anon"]);
    const canonical = new Canonical(model, first);
    const at = (field: string) => model.layout.offsets.get(field)!;
    const moved = first.slice();
    const [from, to] = [1, 5];
    for (const field of [...model.layout.offsets.keys()].filter((one) => one.startsWith("page."))) {
      moved[at(field) + to] = first[at(field) + from]!;
      moved[at(field) + from] = 0;
    }
    moved[at("pte.word")] = (first[at("pte.word")]! & ~0x3f) | to;
    const other = moved.slice();
    other[at("page.data") + to] = 3;
    const rows = [first.slice(), moved, other];
    for (const row of rows) canonical.apply(row);
    const texts = rows.map((row) => [...canonical.cells].map((cell) => row[cell]).join());
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).not.toBe(texts[0]);
  });
});
