/**
 * The race of fork, write fault and lock-free pin, as the peers' models have it: N pages, G
 * pinners, 3N frames, one shared access a step; on request with a page lock around write faults.
 * Same step list as the SPIN, Murphi and TLA+ models it is measured against, so that state and
 * transition counts must be equal.
 */
import { objects, type Path, questions, start, until } from "../../src/step/index.ts";

export const raceSchema = {
  classes: {
    world: ["seq", "hp", "ptlP", "ptlC", "ai", "ahp", "ci", "lk"],
    page: ["pf", "pw", "cf", "cw", "cp"],
    frame: ["ref", "map", "dat"],
    pinner: ["gf", "gs", "gr", "held"],
  },
  decisions: { race: { sequence: [false, true], pageLock: [false, true] } },
} as const;

export const raceEntries = ["parent", "child", "gup_fast"];

const world = objects("world", raceSchema.classes.world);
const page = objects("page", raceSchema.classes.page);
const frame = objects("frame", raceSchema.classes.frame);
const pinner = objects("pinner", raceSchema.classes.pinner);
const kernel = questions(raceSchema.decisions);

const BIAS = 16;
const CHILD = 1;

export function put(f: number, n: number): void {
  frame.ref[f] -= n;
  if (frame.ref[f] === 0) frame.dat[f] = 0;
}

export function* parent(n: number): Path {
  yield "raw_write_seqcount_begin";
  world.seq[0]++;
  yield "read has_pinned";
  world.ahp[0] = world.hp[0];
  while (true) {
    yield "lock the page tables";
    until(world.ptlP[0] === 0);
    world.ptlP[0] = 1;
    yield* copy_present_pte(n);
    yield "unlock the page tables";
    world.ptlP[0] = 0;
    if (world.ai[0] + 1 === n) {
      world.ai[0] = 0;
      break;
    }
    world.ai[0]++;
  }
  yield "raw_write_seqcount_end, wake the child";
  world.seq[0]++;
  world.ahp[0] = 0;
  start(CHILD);
  while (true) {
    yield "store";
    if (page.pw[world.ai[0]]) {
      frame.dat[page.pf[world.ai[0]]] = 1;
      if (world.ai[0] + 1 === n) {
        world.ai[0] = 0;
        break;
      }
      world.ai[0]++;
    } else {
      yield* parent_do_wp_page(n);
    }
  }
}

export function* copy_present_pte(n: number): Path {
  yield "page_maybe_dma_pinned";
  if (world.ahp[0] && frame.ref[page.pf[world.ai[0]]] >= BIAS) {
    yield "copy_present_page";
    frame.ref[n + world.ai[0]] = 1;
    frame.map[n + world.ai[0]] = 1;
    frame.dat[n + world.ai[0]] = frame.dat[page.pf[world.ai[0]]];
    yield "set the child's PTE to the copy";
    page.cf[world.ai[0]] = n + world.ai[0];
    page.cw[world.ai[0]] = 1;
    page.cp[world.ai[0]] = 1;
  } else {
    yield "folio_get";
    frame.ref[page.pf[world.ai[0]]]++;
    yield "page_dup_rmap";
    frame.map[page.pf[world.ai[0]]]++;
    yield "ptep_set_wrprotect";
    page.pw[world.ai[0]] = 0;
    yield "set the child's PTE";
    page.cf[world.ai[0]] = page.pf[world.ai[0]];
    page.cw[world.ai[0]] = 0;
    page.cp[world.ai[0]] = 1;
  }
}

export function* parent_do_wp_page(n: number): Path {
  yield "lock the page table";
  until(world.ptlP[0] === 0);
  world.ptlP[0] = 1;
  if (kernel.race.pageLock) {
    yield "lock the page";
    until(world.lk[0] === 0);
    world.lk[0] = 1;
  }
  yield "page_count";
  if (frame.ref[page.pf[world.ai[0]]] === 1) {
    yield "wp_page_reuse";
    page.pw[world.ai[0]] = 1;
  } else {
    yield "wp_page_copy";
    frame.ref[2 * n + world.ai[0]] = 1;
    frame.map[2 * n + world.ai[0]] = 1;
    frame.dat[2 * n + world.ai[0]] = frame.dat[page.pf[world.ai[0]]];
    yield "set the PTE to the copy";
    page.pf[world.ai[0]] = 2 * n + world.ai[0];
    page.pw[world.ai[0]] = 1;
    yield "page_remove_rmap";
    frame.map[world.ai[0]]--;
    yield "put_page";
    put(world.ai[0], 1);
  }
  if (kernel.race.pageLock) {
    yield "unlock the page";
    world.lk[0] = 0;
  }
  yield "unlock the page table";
  world.ptlP[0] = 0;
}

export function* child(n: number): Path {
  while (true) {
    yield "store";
    if (page.cw[world.ci[0]]) {
      frame.dat[page.cf[world.ci[0]]] = 2;
      if (world.ci[0] + 1 === n) {
        world.ci[0] = 0;
        break;
      }
      world.ci[0]++;
    } else {
      yield* child_do_wp_page(n);
    }
  }
  while (true) {
    yield "clear the PTE";
    page.cp[world.ci[0]] = 0;
    page.cw[world.ci[0]] = 0;
    yield "page_remove_rmap";
    frame.map[page.cf[world.ci[0]]]--;
    yield "put_page";
    put(page.cf[world.ci[0]], 1);
    page.cf[world.ci[0]] = 0;
    if (world.ci[0] + 1 === n) {
      world.ci[0] = 0;
      break;
    }
    world.ci[0]++;
  }
}

export function* child_do_wp_page(n: number): Path {
  yield "lock the page table";
  until(world.ptlC[0] === 0);
  world.ptlC[0] = 1;
  if (kernel.race.pageLock) {
    yield "lock the page";
    until(world.lk[0] === 0);
    world.lk[0] = 1;
  }
  yield "page_count";
  if (frame.ref[page.cf[world.ci[0]]] === 1) {
    yield "wp_page_reuse";
    page.cw[world.ci[0]] = 1;
  } else {
    yield "wp_page_copy";
    frame.ref[n + world.ci[0]] = 1;
    frame.map[n + world.ci[0]] = 1;
    frame.dat[n + world.ci[0]] = frame.dat[page.cf[world.ci[0]]];
    yield "set the PTE to the copy";
    page.cf[world.ci[0]] = n + world.ci[0];
    page.cw[world.ci[0]] = 1;
    yield "page_remove_rmap";
    frame.map[world.ci[0]]--;
    yield "put_page";
    put(world.ci[0], 1);
  }
  if (kernel.race.pageLock) {
    yield "unlock the page";
    world.lk[0] = 0;
  }
  yield "unlock the page table";
  world.ptlC[0] = 0;
}

export function* gup_fast(g: number, p: number, rounds: number): Path {
  while (true) {
    yield "set has_pinned";
    world.hp[0] = 1;
    yield* gup_fast_once(g, p);
    pinner.gf[g] = 0;
    pinner.gs[g] = 0;
    if (pinner.gr[g] + 1 === rounds) break;
    pinner.gr[g]++;
  }
}

export function* gup_fast_once(g: number, p: number): Path {
  if (kernel.race.sequence) {
    yield "read write_protect_seq";
    if (world.seq[0] === 1) return;
    pinner.gs[g] = world.seq[0];
  }
  yield "ptep_get_lockless";
  if (page.pw[p] === 0) return;
  pinner.gf[g] = page.pf[p];
  yield "try_grab_folio";
  if (frame.ref[pinner.gf[g]] === 0) return;
  frame.ref[pinner.gf[g]] += BIAS;
  yield "read the PTE again";
  if (page.pf[p] === pinner.gf[g] && page.pw[p] === 1) {
    if (!kernel.race.sequence) {
      pinner.held[g] = 1;
      yield* device(g);
      return;
    }
    yield "read write_protect_seq again";
    if (world.seq[0] === pinner.gs[g]) {
      pinner.gs[g] = 0;
      pinner.held[g] = 1;
      yield* device(g);
      return;
    }
  }
  yield "undo the pin";
  put(pinner.gf[g], BIAS);
}

export function* device(g: number): Path {
  yield "the device writes";
  frame.dat[pinner.gf[g]] = 3;
  yield "unpin";
  put(pinner.gf[g], BIAS);
  pinner.held[g] = 0;
}
