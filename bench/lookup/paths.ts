/**
 * A second protocol: lock-free look-up in a page cache. A reader takes a reference of what it found
 * in a slot and looks again; a reclaimer freezes the count of a page that only the cache holds, and
 * frees it; a filler puts new pages into empty slots. N slots, G readers, 2N frames, one shared
 * access a step; the same step list as the SPIN model beside it.
 */
import { objects, type Path, until } from "../../src/step/index.ts";

export const lookupSchema = {
  classes: {
    world: ["lk", "ri", "fi"],
    slot: ["at"],
    frame: ["ref", "freed"],
    lookup: ["got", "held"],
  },
  decisions: {},
} as const;

export const lookupEntries = ["reclaimer", "filler", "reader"];

const world = objects("world", lookupSchema.classes.world);
const slot = objects("slot", lookupSchema.classes.slot);
const frame = objects("frame", lookupSchema.classes.frame);
const lookup = objects("lookup", lookupSchema.classes.lookup);

/** Slots hold a frame's number + 1; 0 is an empty slot. */
export function* reclaimer(n: number): Path {
  while (true) {
    yield "lock the slots";
    until(world.lk[0] === 0);
    world.lk[0] = 1;
    yield "freeze the count";
    if (slot.at[world.ri[0]] !== 0 && frame.ref[slot.at[world.ri[0]] - 1] === 1) {
      frame.ref[slot.at[world.ri[0]] - 1] = 0;
      yield "clear the slot";
      slot.at[world.ri[0]] = 0;
      yield "unlock the slots";
      world.lk[0] = 0;
      yield "free the page";
      frame.freed[world.ri[0]] = 1;
    } else {
      yield "unlock the slots, nothing done";
      world.lk[0] = 0;
    }
    yield "next slot";
    if (world.ri[0] + 1 === n) {
      world.ri[0] = 0;
      break;
    }
    world.ri[0]++;
  }
}

export function* filler(n: number): Path {
  while (true) {
    yield "look for an empty slot";
    if (slot.at[world.fi[0]] === 0) {
      yield "lock the slots";
      until(world.lk[0] === 0);
      world.lk[0] = 1;
      yield "take a fresh page";
      frame.ref[n + world.fi[0]] = 1;
      yield "set the slot";
      slot.at[world.fi[0]] = n + world.fi[0] + 1;
      yield "unlock the slots";
      world.lk[0] = 0;
    }
    yield "next slot";
    if (world.fi[0] + 1 === n) {
      world.fi[0] = 0;
      break;
    }
    world.fi[0]++;
  }
}

export function* reader(g: number, p: number): Path {
  while (true) {
    yield "load the slot";
    if (slot.at[p] === 0) return;
    lookup.got[g] = slot.at[p];
    yield "take a reference unless frozen";
    if (frame.ref[lookup.got[g] - 1] !== 0) {
      frame.ref[lookup.got[g] - 1]++;
      yield "load the slot again";
      if (slot.at[p] === lookup.got[g]) {
        lookup.held[g] = 1;
        yield "read the page";
        lookup.held[g] = 0;
        yield "drop the reference";
        frame.ref[lookup.got[g] - 1]--;
        lookup.got[g] = 0;
        return;
      }
      yield "drop the wrong page";
      frame.ref[lookup.got[g] - 1]--;
    }
    lookup.got[g] = 0;
  }
}
