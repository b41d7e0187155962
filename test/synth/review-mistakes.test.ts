/**
 * A reviewer's patience: a kernel whose author forgot one thing is caught by `review`, by a changed
 * verdict, a telling program, a promise newly broken or an invariant, in less time than a coffee takes.
 */
import { describe, expect, it } from "vitest";
import { findKernel } from "../../src/kernels/index.ts";
import { review } from "../../src/synth/review.ts";
import { library } from "../verdict/library.ts";
import { type Mistake, mistakenKernel } from "./wrong-paths.ts";

const mistakes: readonly Mistake[] = [
  {
    what: "fork shares pinned pages",
    base: "v6.12",
    path: "exclusively_pinned",
    edits: [["if (pinned) return 1;", ""]],
  },
  {
    what: "fork leaves the parent's entry writable",
    base: "v6.1",
    path: "wrprotect_source",
    edits: [
      ["leave_stale(m, at, pte.word[slot(m, at)]);", ""],
      ["pte.word[slot(m, at)] = pte_wrprotect(pte.word[slot(m, at)]);", ""],
    ],
  },
  {
    what: "mprotect leaves the TLB alone",
    base: "v6.12",
    path: "flush_tlb_range",
    edits: [["tlb.word[slot(m, at + i)] = 0", "tlb.word[slot(m, at + i)] |= 0"]],
  },
  {
    what: "reclaim forgets the dirty bit",
    base: "v6.1",
    path: "try_to_unmap",
    edits: [["if (pte_dirty(entry)) page.flags[frame] |= PG_DIRTY;", ""]],
  },
  {
    what: "fork takes no reference",
    base: "v5.9",
    path: "count_new_mapping",
    edits: [["page.ref[folio(frame)]++;", ""]],
  },
  {
    what: "a pin is never given back",
    base: "v5.12",
    path: "release_pages",
    edits: [
      [
        "if (frame !== ZERO_PAGE) put_refs(frame, times * grabbed_refs(frame, kind));",
        "if (frame !== ZERO_PAGE) put_refs(frame, times * grabbed_refs(frame, kind) - 1);",
      ],
    ],
  },
  {
    what: "GUP-fast does not read the entry again",
    base: "v5.11",
    path: "grab_and_recheck",
    edits: [["let same = entry_is(m, at, table, entry) ? 1 : 0;", "let same = 1;"]],
  },
  {
    what: "copy-on-write sets its entry over one that changed meanwhile",
    base: "v6.6",
    path: "wp_page_copy",
    edits: [
      ["if (pte.word[slot(m, at)] !== entry || pmd_mapped(m, at)) {", "if (pmd_mapped(m, at)) {"],
    ],
  },
  {
    what: "fork's copy for the child is made without its content",
    base: "v5.14",
    path: "copy_present_page",
    edits: [["yield* copy_user_highpage(copy, frame);", ""]],
  },
  {
    what: "mprotect makes any present entry writable",
    base: "v6.1",
    path: "change_pte",
    edits: [["else if (can_change_pte_writable(m, at, entry, vm))", "else"]],
  },
  {
    what: "reclaim leaves a mapping counted",
    base: "v6.12",
    path: "try_to_unmap",
    edits: [["page.map[frame]--;", ""]],
  },
];
const tests = library().map(({ test }) => test);
const secondsMax = 15;
/** Every second of them, unless PINFOLD_WHOLE=1 asks for all. */
const some = mistakes.filter((_, i) => i % 2 === 0 || process.env.PINFOLD_WHOLE !== undefined);

interface Seen {
  readonly said: number;
  readonly seconds: number;
}

function reviewed(mistake: Mistake): Seen {
  const mine = mistakenKernel(mistake);
  const base = { kernel: findKernel(mistake.base)!, machine: undefined };
  const begun = process.cpuUsage();
  const { further, tests: programs, breaches, broken } = review(mine, base, [], { further: tests });
  const { user } = process.cpuUsage(begun);
  const newly = broken.filter(({ isNew }) => isNew);
  const said = [further.changed, programs, breaches, newly].reduce((sum, of) => sum + of.length, 0);
  return { said, seconds: user / 1e6 };
}

describe("review", () => {
  it.each(some)("catches that $what ($base)", { timeout: 120_000 }, (mistake) => {
    const { said, seconds } = reviewed(mistake);
    expect(said).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(secondsMax);
  });

  it("says nothing of a path that is written anew without a mistake", { timeout: 120_000 }, () => {
    const what = "copy-on-write, copied";
    expect(reviewed({ what, base: "v6.6", path: "wp_page_copy", edits: [] }).said).toBe(0);
  });
});
