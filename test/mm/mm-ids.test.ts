/**
 * The two mms that a large folio knows by name, against the page tables: with no more than two processes
 * the slots and the mark must say exactly what the tables say. If they do not, some path maps or unmaps a
 * part of a large folio and does not tell.
 */
import { describe, expect, test } from "vitest";
import { search } from "../../src/explore/search.ts";
import { findKernel, type Kernel } from "../../src/kernels/index.ts";
import type { Test } from "../../src/litmus/index.ts";
import { MM_IDS_SHARED, mm_id_slot, slot_count, slot_owner } from "../../src/mm/mm-ids.ts";
import { PG_HUGETLB } from "../../src/mm/page.ts";
import { HPAGE_PMD_NR } from "../../src/mm/pmd.ts";
import { type StateView, stateViewer } from "../../src/verdict/state-view.ts";
import { loadWorld } from "../../src/verdict/world.ts";
import { library, testOf } from "../verdict/library.ts";

/** How many mappings each mm has of the folio at `head`, a PMD counting once. */
function mappingsOf(state: StateView, head: number): readonly number[] {
  const counts = state.world.names.processes.map(() => 0);
  for (const { m, frame, whole } of state.entries)
    if (whole ? frame === head : state.read("page.head", frame) === head) counts[m]!++;
  return counts;
}

/** The same as the folio's own word has it, and what its mark says. */
function toldBy(word: number, processes: number): { counts: readonly number[]; shared: boolean } {
  const counts = new Array<number>(processes).fill(0);
  for (const slot of [mm_id_slot(word, 0), mm_id_slot(word, 1)])
    if (slot !== 0) counts[slot_owner(slot)]! += slot_count(slot);
  return { counts, shared: (word & MM_IDS_SHARED) !== 0 };
}

function differences(of: Test, kernel: Kernel): readonly string[] {
  const world = loadWorld(of, kernel);
  if (world.notModelled.length > 0) return [];
  const view = stateViewer(world);
  const found: string[] = [];
  const judge = (state: StateView): void => {
    const first = state.read("system.hugeFrames", 0);
    for (let head = first; state.quiet && head < state.frames; head += HPAGE_PMD_NR) {
      if (state.read("page.head", head) !== head) continue;
      if ((state.read("page.flags", head) & PG_HUGETLB) !== 0) continue;
      const word = state.read("large_folio.mm_ids", (head - first) / HPAGE_PMD_NR);
      const counts = mappingsOf(state, head);
      const expected = { counts, shared: counts.filter((count) => count > 0).length > 1 };
      const told = toldBy(word, counts.length);
      if (JSON.stringify(told) !== JSON.stringify(expected))
        found.push(`${of.name}: ${JSON.stringify(told)}, not ${JSON.stringify(expected)}`);
    }
  };
  search(world.model, world.first, {
    cell: "u16",
    maxStates: 1_000,
    onState: (row) => {
      judge(view(row));
      return found.length > 0;
    },
  });
  return found;
}

const processes = (of: Test): number =>
  new Set(of.actors.filter(({ role }) => role === "process").map(({ name }) => name)).size;

describe("the mm ids of large folios", () => {
  const tests = library("bugs", "selftest", "idioms")
    .map(({ test: one }) => one)
    .filter((one) => processes(one) <= 2)
    .filter((one) => one.declarations.some(({ pageKind }) => pageKind === "thp"));

  test("say what the page tables say, while two processes share", { timeout: 120_000 }, () => {
    expect(tests.length).toBeGreaterThan(100);
    expect(tests.flatMap((one) => differences(one, findKernel("v7.2")!))).toEqual([]);
  });

  test("say nothing on kernels that do not keep them, and the comparison notices", () => {
    const shared = testOf("Linux T\n{ page x = thp; }\nP0 { fork(P1); }\nP1 { }\nexists (x = 0)\n");
    expect(differences(shared, findKernel("v7.2")!)).toEqual([]);
    expect(differences(shared, findKernel("v6.12")!)).not.toEqual([]);
  });
});
