/**
 * The simple fix of 25 September 2020 with its tests in another order: what is cheap first, the
 * page's counts last. It decides the same and reads less.
 */
import { kernel, type Path } from "pinfold/kernel";
import { page_mapcount, page_maybe_dma_pinned, pte_dirty, slot, vma } from "pinfold/mm";

export default kernel({
  name: "preconditions-reordered",
  extends: "linus-2020-09-25",
  summary: "linus-2020-09-25 with the tests of the page's counts last.",
  paths: {
    normal_page_is_pinned: function* (m, at, entry, frame): Path<number> {
      if (!vma.anon_vma[slot(m, at)] || !pte_dirty(entry)) return 0;
      yield "read ref: page_maybe_dma_pinned";
      if (!page_maybe_dma_pinned(frame)) return 0;
      yield "read map: page_mapcount";
      return page_mapcount(frame) === 1 ? 1 : 0;
    },
  },
});
