/**
 * dup_mmap that does not write-lock the VMAs it copies, as v6.4.0 did and as was proposed again: it
 * still holds mmap_lock, but a thread's write fault takes its VMA's lock and runs meanwhile. It copies
 * a page that fork has write-protected and not yet flushed, while another thread still writes the
 * old page through its CPU's translation. Real programs lost stores that way; see fb49c455323f.
 */
import { kernel, type Path } from "pinfold/kernel";

export default kernel({
  name: "fork-without-lock",
  extends: "v6.6",
  summary: "v6.6 whose fork does not keep faults under a VMA's lock out.",
  paths: {
    lock_source_vma: function* (_m, _at): Path {
      yield "the VMA is not locked";
    },
  },
});
