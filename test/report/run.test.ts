import { expect, test } from "vitest";
import { drawRun } from "../../src/report/run.ts";
import { plainLook } from "../../src/report/style.ts";
import { sampleRun } from "./samples.ts";

test("a run nests steps under statements and paths, with changes and state pictures", () => {
  expect(
    `\n${drawRun(sampleRun, { sources: false }, plainLook).join("\n")}\n`,
  ).toMatchInlineSnapshot(`
    "
            P0:x ---> frame 0 RW dirty
            frame 0: data 0, ref 1025, map 1, pins 1 (mr), anon
    P0: fork(P1);
      fork -> copy_present_pte(x)
        1.  write-protect the source PTE          PTE(P0:x): RW dirty -> R dirty
        2.  map the page in the child
              ref(frame 0): 1025 -> 1026
              map(frame 0): 1 -> 2
          * P0:x ---> frame 0 R dirty
          * P1:x ---> frame 0 R
          * frame 0: data 0, ref 1026, map 2, pins 1 (mr), anon
    P1: r0 = x;
      3.  load
    P0: fork(P1);  (goes on)
      4.  fork -> drop mmap_lock
    "
  `);
});

test("on request each step says where it stands in the source", () => {
  const lines = drawRun(sampleRun, { sources: true }, { color: false, width: 120 });
  expect(lines.filter((line) => line.includes("src/mm/fork.ts"))).toHaveLength(3);
});

test("a narrow terminal keeps the words whole", () => {
  const words = new Set(drawRun(sampleRun, { sources: false }, plainLook).join(" ").split(/\s+/));
  const narrow = drawRun(sampleRun, { sources: false }, { color: false, width: 40 });
  expect(
    narrow
      .join(" ")
      .split(/\s+/)
      .filter((word) => !words.has(word)),
  ).toEqual([]);
});
