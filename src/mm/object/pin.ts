/**
 * A registration, as its owner and its device see it. It belongs to an open file: it outlives the
 * process that made it as long as a child that inherited the file lives, and it goes on meaning the
 * same page, whatever the page tables say by now.
 */

import { KIND_NONE } from "../grab.ts";
import { ERRNO } from "../state.ts";
import { errnoName, type PageView, viewPage } from "./views.ts";
import { type MmWorld, unread } from "./world.ts";

export class Pin {
  readonly #world: MmWorld;
  readonly #number: number;

  /** Made by `mm.pin` and its like. */
  constructor(world: MmWorld, number: number) {
    this.#world = world;
    this.#number = number;
  }

  /** Why the kernel refused it; undefined when it was made. */
  get errno(): string | undefined {
    return errnoName(this.#world.read("handle.errno", this.#number), ERRNO);
  }

  /** Whether it holds a page now. */
  get held(): boolean {
    return this.#world.read("pin.kind", this.#number) !== KIND_NONE;
  }

  /** The page it holds; undefined once it is released. */
  get page(): PageView | undefined {
    if (!this.held) return undefined;
    return viewPage(this.#world, this.#world.read("pin.frame", this.#number));
  }

  /** The device writes to the page. Nothing happens without one. */
  dmaWrite(value: number): void {
    this.#world.run("dma_write", [this.#number, value]);
  }

  /** What the device reads; undefined when it holds no page. */
  dmaRead(): number | undefined {
    this.#world.write("register.value", 0, unread);
    this.#world.run("dma_read", [this.#number, 0]);
    const value = this.#world.read("register.value", 0);
    return value === unread ? undefined : value;
  }

  /** The owner gives the page back. */
  unpin(): void {
    this.#world.run("unregister_pages", [this.#number, this.#number, 1]);
  }
}
