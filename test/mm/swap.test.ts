/**
 * Swap-in and fork of swap entries. If these fail, a page comes back from swap writable when somebody
 * else may read it, or read-only copies appear where a pin expects its page, on the wrong kernels.
 */
import { describe, expect, test } from "vitest";
import { findKernel, type Kernel, withDecisions } from "../../src/kernels/index.ts";
import { check } from "../../src/verdict/check.ts";
import { testOf } from "../verdict/library.ts";

const on = (name: string): Kernel => findKernel(name)!;

const litmus = (page: string, body: string, condition: string, info = ""): string =>
  `Linux T\n${info}{ page x = ${page}; }\n${body}\nexists (${condition})\n`;

const verdict = (text: string, kernel: Kernel): string => {
  const result = check(testOf(text), kernel);
  expect(result.notModelled).toEqual([]);
  return result.verdict;
};

describe("a page comes back", () => {
  const read = litmus("swapped anon", "P0 { r0 = x; }", "PTE(P0:x) = writable");
  const write = litmus("swapped anon", "P0 { x = 1; }", "PTE(P0:x) = writable");

  test.each([
    ["v4.19", "never", "always"],
    ["v5.18", "never", "always"],
    ["v6.6", "never", "always"],
    ["v6.12", "always", "always"],
  ])("%s: writable after a read %s, after a write %s", (kernel, afterRead, afterWrite) => {
    expect(verdict(read, on(kernel))).toBe(afterRead);
    expect(verdict(write, on(kernel))).toBe(afterWrite);
  });

  const watched = (condition: string): string =>
    litmus("swapped anon", "P0 { uffd_wp(x); h = pin(x, WRITE | LONGTERM); }", condition);

  test.each(["v5.7", "v5.14", "v5.18", "v5.19", "v6.12", "v7.2"])(
    "%s: protected, if userfaultfd protects it in swap",
    (kernel) => {
      expect(verdict(watched("h.errno = EFAULT"), on(kernel))).toBe("always");
      expect(verdict(watched("PTE(P0:x) = writable"), on(kernel))).toBe("never");
      const unwatched = watched("h.errno = EFAULT").replace("uffd_wp(x); ", "");
      expect(verdict(unwatched, on(kernel))).toBe("never");
    },
  );

  test("a read-only mapping stays so", () => {
    const text = litmus("swapped readonly anon", "P0 { r0 = x; }", "PTE(P0:x) = writable");
    expect(verdict(text, on("v7.2"))).toBe("never");
  });

  test("exclusive again by the marker, and not without marker and with a cached page", () => {
    const text = litmus("swapped anon", "P0 { r0 = x; }", "anon_exclusive(x)");
    expect(verdict(text, on("v5.19"))).toBe("always");
    const unmarked = withDecisions(on("v5.19"), "unmarked", { "swap.reuse": "refcount" });
    expect(verdict(text, unmarked)).toBe("never");
  });

  test("a page nobody has touched since is what the condition reads", () => {
    const text = litmus("anon", "P0 { x = 7; madvise(x, PAGEOUT); }", "x = 7");
    expect(verdict(text, on("v5.11"))).toBe("always");
    expect(verdict(text.replace("x = 7)", "x = 0)"), on("v5.11"))).toBe("never");
  });

  test("without memory the load is refused and the page is still in swap", () => {
    const failing = litmus("swapped anon", "P0 { may fail alloc; r0 = x; }", "PTE(P0:x) = swap");
    expect(verdict(failing, on("v6.1"))).toBe("sometimes");
    expect(verdict(failing.replace("may fail alloc; ", ""), on("v6.1"))).toBe("never");
  });
});

describe("the swap cache", () => {
  const cached = (info: string) => litmus("swapped anon", "P0 { r0 = x; }", "ref(x) = 2", info);

  test("a disk leaves the page in it; a synchronous device reads past it, or the page leaves at once", () => {
    expect(verdict(cached(""), on("v5.11"))).toBe("always");
    expect(verdict(cached("Swap=zram\n"), on("v5.11"))).toBe("never");
    expect(verdict(cached(""), on("v7.2"))).toBe("always");
    expect(verdict(cached("Swap=zram\n"), on("v7.2"))).toBe("never");
  });

  test("a write takes the page out of it where nobody else names the slot", () => {
    const text = litmus("swapped anon", "P0 { x = 1; }", "ref(x) = 1");
    for (const kernel of ["v4.19", "v5.9", "v5.18", "v5.19", "v6.18"])
      expect(verdict(text, on(kernel)), kernel).toBe("always");
    // From 7.1 on the write is done with when should_try_to_free_swap() asks; Debian's 7.2.13 shows 2.
    expect(verdict(text.replace("ref(x) = 1", "ref(x) = 2"), on("v7.2"))).toBe("always");
    const shared = litmus("swapped anon", "P0 { fork(P1); r0 = x; }\nP1 { }", "ref(x) = 1");
    expect(verdict(shared, on("v5.19"))).toBe("never");
  });

  test("its reference alone parts a read pin from its page between v5.9 and v5.17", () => {
    const text = litmus("swapped anon", "P0 { r0 = x; x = 1; }", "map(x) = 1 /\\ ref(x) = 1");
    const stays = litmus(
      "swapped anon",
      "P0 { h = get(x); x = 1; r0 = dma_read(h); }",
      "P0:r0 = 1",
    );
    expect(verdict(text, on("v5.9"))).toBe("always");
    expect(verdict(stays, on("v5.8"))).toBe("always");
    expect(verdict(stays, on("v5.9"))).toBe("never");
    expect(verdict(stays, on("v5.19"))).toBe("always");
  });
});

describe("fork of a swap entry", () => {
  const twice = litmus(
    "swapped anon",
    "P0 { fork(P1); x = 1; signal(wrote); }\nP1 { fork(P2); await(wrote); r0 = x; }\nP2 { await(wrote); r1 = x; }",
    "~(P1:r0 = 0 /\\ P2:r1 = 0)",
  );

  test("three processes share the slot, each write is the writer's own", () => {
    for (const kernel of ["v4.19", "v5.9", "v5.18", "v7.2"])
      expect(verdict(twice, on(kernel)), kernel).toBe("never");
    const seen = twice.replace("~(P1:r0 = 0 /\\ P2:r1 = 0)", "P1:r0 = 0 /\\ P2:r1 = 0");
    expect(verdict(seen, on("v7.2"))).toBe("always");
  });

  test("neither side is exclusive while the other names the slot", () => {
    const text = litmus("swapped anon", "P0 { fork(P1); r0 = x; }\nP1 { }", "anon_exclusive(x)");
    expect(verdict(text, on("v5.19"))).toBe("never");
    const alone = text.replace("fork(P1); ", "").replace("P1 { }\n", "");
    expect(verdict(alone, on("v5.19"))).toBe("always");
  });

  test("a reference on the cached page makes the write leak up to v5.17", () => {
    const leak = litmus(
      "swapped anon",
      "P0 { fork(P1); await(gone); x = 1; signal(wrote); }\n" +
        "P1 { r1 = x; h = vmsplice(x); munmap(x); signal(gone); await(wrote); r0 = dma_read(h); }",
      "P1:r0 = 1",
    );
    expect(verdict(leak, on("v5.17"))).toBe("always");
    expect(verdict(leak, on("v5.18"))).toBe("never");
    const flipped = withDecisions(on("v5.18"), "flipped", { "swap.reuse": "map-and-swapcount" });
    expect(verdict(leak, flipped)).toBe("always");
  });
});
