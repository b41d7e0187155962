/**
 * dup_mmap without the lock that keeps faults out: what per-VMA locks would allow if fork did not
 * write-lock every VMA. A thread's write fault may then run while its mm is copied.
 */
import { kernel, type Path } from "pinfold/kernel";
import { copy_page_range, mm, slot, system, VM_DONTCOPY, VM_WIPEONFORK, vma } from "pinfold/mm";

export default kernel({
  name: "fork-without-lock",
  extends: "v6.6",
  summary: "v6.6 whose fork does not keep page faults out.",
  paths: {
    dup_mmap: function* (m, c): Path<number> {
      yield "mm_init of the child";
      mm.users[c] = 1;
      mm.has_pinned[c] = 0;
      mm.write_protect_seq[c] = 0;
      let error = 0;
      for (let at = 0; at < system.pages[0]; at++) {
        yield "copy the VMA";
        const vm = vma.flags[slot(m, at)];
        if (vm !== 0 && (vm & VM_DONTCOPY) === 0) {
          vma.flags[slot(c, at)] = vm;
          if ((vm & VM_WIPEONFORK) === 0) {
            vma.anon_vma[slot(c, at)] = vma.anon_vma[slot(m, at)];
            error = yield* copy_page_range(m, c, at, vm);
            if (error !== 0) break;
          }
        }
      }
      return error;
    },
  },
});
