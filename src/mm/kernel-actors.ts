/**
 * A reference that comes out of nowhere. What else the kernel does on its own has files of its own:
 * reclaim.ts, migrate.ts, ksm.ts, collapse.ts, numa.ts, writeback.ts.
 */
import { choose, type Path } from "../step/index.ts";
import { folio, page_count, put_refs } from "./page.ts";
import { translate } from "./pmd.ts";
import { pte_frame, pte_present, pte_special } from "./pte.ts";
import { page } from "./state.ts";

/**
 * Somebody who found the page by its frame number holds it for a moment: a page-cache look-up, a
 * compaction scan, GUP-fast before its second read. Compare mm/filemap.c:get_page_unless_zero().
 */
export function* speculative_ref(m: number, at: number, may: number): Path {
  yield "it happens, or never";
  let happens = 1;
  if (may) happens = choose(2);
  if (!happens) return;
  yield "find the page";
  const entry = translate(m, at);
  const frame = pte_present(entry) && !pte_special(entry) ? pte_frame(entry) : 0;
  if (frame === 0) return;
  yield "get_page_unless_zero";
  const held = page_count(frame) !== 0;
  if (held) page.ref[folio(frame)]++;
  if (!held) return;
  yield "let go of the page";
  put_refs(frame, 1);
}
