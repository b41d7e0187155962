/**
 * fork copies a pinned page while its owner's other threads may write it. This kernel protects the
 * entry and flushes first: a writer faults, waits for fork, and the child's copy is of one instant.
 * The owner's next write finds its page exclusive and makes the entry writable again.
 */
import { kernel, type Path } from "pinfold/kernel";
import {
  copy_user_highpage,
  flush_tlb_page,
  leave_stale,
  mk_anon_pte,
  PTE_WRITE,
  page_add_new_anon_rmap,
  pte,
  pte_unlock,
  slot,
  VM_WRITE,
} from "pinfold/mm";

export default kernel({
  name: "fork-without-tearing",
  extends: "v6.1",
  summary: "v6.1 with pinned pages write-protected before fork copies them.",
  paths: {
    copy_present_page: function* (m, c, at, vm, frame, copy): Path {
      yield "write-protect the source PTE";
      leave_stale(m, at, pte.word[slot(m, at)]);
      pte.word[slot(m, at)] &= ~PTE_WRITE;
      yield "flush_tlb_page";
      flush_tlb_page(m, at);
      yield* copy_user_highpage(copy, frame);
      yield "page_add_new_anon_rmap of the copy";
      page_add_new_anon_rmap(copy);
      yield "set the child's PTE to the copy";
      pte.word[slot(c, at)] = mk_anon_pte(copy, vm & VM_WRITE);
      yield* pte_unlock(m);
    },
  },
});
