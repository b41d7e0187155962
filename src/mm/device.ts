/**
 * What a device or the kernel does through pages it holds: it reads and writes frames, whatever
 * the page tables say by now. On an absent or ended registration they do nothing, and actor.skipped
 * says so until the actor's next transfer.
 * Not modelled: IOMMU faults, partial writes, DMA that is not coherent with the caches.
 */
import { type Path, self, until } from "../step/index.ts";
import { KIND_NONE } from "./grab.ts";
import { actor, handle, page, pin, register } from "./state.ts";

/** The device writes through pin `k`. */
export function* dma_write(k: number, value: number): Path {
  yield "the device writes";
  actor.skipped[self()] = pin.kind[k] === KIND_NONE ? 1 : 0;
  if (pin.kind[k] !== KIND_NONE) page.data[pin.frame[k]] = value;
}

/** The device (or the reader of a pipe) reads through pin `k`. */
export function* dma_read(k: number, into: number): Path {
  yield "the device reads";
  actor.skipped[self()] = pin.kind[k] === KIND_NONE ? 1 : 0;
  if (pin.kind[k] !== KIND_NONE) register.value[into] = page.data[pin.frame[k]];
}

/** A device acts on its own, at any time after the registration exists. */
export function* await_handle(h: number): Path {
  yield "the registration exists";
  until(handle.made[h] !== 0);
}
