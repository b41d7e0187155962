/**
 * A page moves to another frame: every entry becomes a migration entry, the content moves if nobody
 * else holds the page, and the entries come back for the new frame or the old.
 * Compare mm/migrate.c:unmap_and_move(), migrate_page_move_mapping(), remove_migration_pte().
 *
 * A reference that GUP took makes the count wrong: everything is put back as it was, write
 * permission included. A fork that comes by meanwhile finds migration entries, see
 * fork-nonpresent.ts. Not modelled: huge pages, file pages, asynchronous modes.
 */
import { choose, type Path } from "../step/index.ts";
import { pte_lock, pte_unlock, trylock_page, unlock_page } from "./locks.ts";
import { alloc_page, is_large, PG_ANON, PG_DIRTY, PG_SWAPCACHE, put_refs } from "./page.ts";
import { translate } from "./pmd.ts";
import {
  PTE_DIRTY,
  PTE_MIGRATION,
  PTE_MIGRATION_DIRTY,
  PTE_PRESENT,
  PTE_SOFT_DIRTY,
  PTE_SWAP_EXCLUSIVE,
  PTE_UFFD_WP,
  PTE_WRITE,
  pte_frame,
  pte_present,
} from "./pte.ts";
import { anon_frame, mm_of, TTU_MIGRATION, try_to_unmap } from "./rmap.ts";
import { kernel, page, pte, swap, system } from "./state.ts";
import { in_swap_cache, swap_slot } from "./swap.ts";

/** The kernel wants the page that mm `m` maps at `at` to lie elsewhere. */
export function* migrate(m: number, at: number, may: number): Path {
  yield "it happens, or never";
  let happens = 1;
  if (may) happens = choose(2);
  if (!happens) return;
  yield "isolate the page: ref + 1";
  const old = anon_frame(translate(m, at));
  if (old === 0 || is_large(old)) return;
  page.ref[old]++;
  yield* migrate_isolated_page(old);
}

/** The reference that isolated the page is dropped in the end. Compare migrate_misplaced_page(). */
export function* migrate_isolated_page(old: number): Path {
  const moved = yield* alloc_page();
  if (moved !== 0) {
    const locked = yield* trylock_page(old);
    if (locked) yield* unmap_and_move(old, moved);
    yield "unlock the new page, drop its first reference";
    page.locked[moved] = 0;
    put_refs(moved, 1);
  }
  yield "put the old page back: ref - 1";
  put_refs(old, 1);
}

/** Precondition: the old page is locked, and held once by the caller, as is the new one. */
export function* unmap_and_move(old: number, moved: number): Path {
  yield "lock the new page";
  page.locked[moved] = 1;
  const unmapped = yield* try_to_unmap(old, TTU_MIGRATION);
  let target = old;
  if (unmapped) {
    yield "migrate_page_move_mapping: nobody else holds the page";
    if (page.map[old] === 0 && page.ref[old] === (in_swap_cache(old) ? 2 : 1)) {
      take_over(old, moved);
      target = moved;
    }
  }
  let from = 0;
  for (;;) {
    yield "remove_migration_ptes: the next entry";
    const found = next_migration_entry(old, from);
    if (found === 0) break;
    from = found;
    const m = mm_of(found - 1);
    yield* pte_lock(m);
    yield "the new mapping: ref + 1, map + 1";
    const entry = pte.word[found - 1];
    const ours = is_migration_entry(entry, old);
    if (ours) restore_mapping(target, entry);
    if (ours) {
      yield "restore the PTE";
      pte.word[found - 1] = restored_pte(target, entry);
    }
    yield* pte_unlock(m);
  }
  yield* unlock_page(old);
}

/** Content, flags and the place in the swap cache go to the new frame. */
export function take_over(old: number, moved: number): void {
  page.data[moved] = page.data[old];
  page.flags[moved] = page.flags[old];
  if (!in_swap_cache(old)) return;
  swap.cache[swap_slot(old)] = moved;
  page.flags[old] &= ~PG_SWAPCACHE;
  page.ref[old]--;
  page.ref[moved]++;
}

export function is_migration_entry(entry: number, frame: number): boolean {
  return !pte_present(entry) && (entry & PTE_MIGRATION) !== 0 && pte_frame(entry) === frame;
}

/** The slot after `from` with a migration entry for `frame`, plus 1; 0 when there is none. */
export function next_migration_entry(frame: number, from: number): number {
  const all = system.processes[0] * system.pages[0];
  for (let i = from; i < all; i++) if (is_migration_entry(pte.word[i], frame)) return i + 1;
  return 0;
}

export function restore_mapping(frame: number, entry: number): void {
  page.ref[frame]++;
  page.map[frame]++;
  page.flags[frame] |= PG_ANON;
  if ((entry & PTE_SWAP_EXCLUSIVE) !== 0) page.exclusive[frame] = 1;
}

export function restored_pte(frame: number, entry: number): number {
  const kept = entry & (PTE_SOFT_DIRTY | PTE_UFFD_WP | PTE_WRITE);
  const dirty = (entry & PTE_MIGRATION_DIRTY) !== 0 && (page.flags[frame] & PG_DIRTY) !== 0;
  const soft = kernel.softDirty.migrationKeeps ? 0 : PTE_SOFT_DIRTY;
  return frame | PTE_PRESENT | kept | (dirty ? PTE_DIRTY | soft : 0);
}
