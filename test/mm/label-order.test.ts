/**
 * The order of the steps of fork, GUP-fast and the write fault, kernel by kernel, written down from
 * the kernels' own order and not from the paths. If a path takes a reference before it looks for
 * pins where the kernel does it after, every race verdict that follows is about another kernel.
 */
import { describe, expect, test } from "vitest";
import { findKernel, kernels } from "../../src/kernels/index.ts";
import { expand, parseFile } from "../../src/litmus/index.ts";
import { createMm, type Mm } from "../../src/mm/index.ts";
import { check } from "../../src/verdict/check.ts";

// --- the paths' labels in the words of the tables ---

/** Steps that the tables do not speak of: bookkeeping that no other CPU can observe in between. */
const unspoken: ReadonlySet<string> = new Set([
  "copy the task",
  "mm_init of the child",
  "copy the VMA",
  "test anon_vma",
  "is there an entry",
  "is there a huge page",
  "wake up the child",
  "enter the kernel",
  "read ref: is the page still in use",
  "hold the page for the file",
  "the registration is made",
  "store",
  "find the VMA",
  "read the PTE",
  "anon_vma_prepare",
  "lock mmap_lock for reading",
]);

const words: Readonly<Record<string, string>> = {
  "lock mmap_lock for writing": "lock mmap",
  "unlock mmap_lock": "unlock mmap",
  raw_write_seqcount_begin: "wseq odd",
  raw_write_seqcount_end: "wseq even",
  "lock the page table": "lock",
  "unlock the page table": "unlock",
  "read the source PTE": "read src",
  "read the source PTE again": "read src",
  "compare the source PTE": "compare",
  "get_page: ref + 1": "ref+1",
  "drop the reference": "ref-1",
  "page_dup_rmap: map + 1": "map+1",
  "write-protect the source PTE": "WP src",
  "put the source PTE's old value back": "restore src",
  "make the source PTE writable again": "src += W",
  "read has_pinned": "hp?",
  "read ref: page_maybe_dma_pinned": "ref?",
  "read map: page_mapcount": "map?",
  "read PageAnonExclusive": "AX?",
  "clear PageAnonExclusive": "clear AX",
  "set PageAnonExclusive": "set AX",
  "allocate a page": "alloc",
  copy_user_highpage: "copy",
  "copy_user_highpage, without a lock": "copy",
  "page_add_new_anon_rmap of the copy": "rmap",
  "set the child's PTE": "set child",
  "set the child's PTE to the copy": "set child",
  "set the child's PTE to the copy, clean and read-only": "set child",
  "flush the parent's TLB": "flush",
  "set has_pinned": "set hp",
  "read write_protect_seq": "wseq?",
  "read write_protect_seq again": "wseq?",
  "read the PTE without a lock": "p",
  "read the PTE again": "q",
  "try_grab_page: ref + 1": "ref+1",
  "try_grab_page: ref + 1023": "ref+1023",
  "try_grab_page: ref + 1024": "ref+1024",
  "compare the PTE": "compare",
  "try to lock the page": "page lock",
  "unlock the page": "page unlock",
  "read map: reuse_swap_page": "map?",
  "read the mapcounts of the parts": "map?",
  "read ref: page_count": "ref?",
  "read ref again: page_count": "ref?",
  "read ref: at most 3 may be explained": "ref?",
  "read ref: 1 besides the swap cache": "ref?",
  "read ref again under the page lock": "ref?",
  "make the PTE writable": "W,D",
  "hold the old page": "ref+1",
  "copy the content": "copy",
  "clear the PTE and flush": "clear+flush",
  page_add_new_anon_rmap: "rmap",
  "set the PTE": "set PTE",
  "page_remove_rmap of the old page": "map-1",
  "drop the mapping's reference": "ref-1",
  "let go of the old page": "ref-1",
  handle_userfault: "watcher",
};

/** What ran last, in the tables' words, separated by blanks around `|`. */
function ran(mm: Mm): readonly string[] {
  return mm.lastSteps.flatMap(({ label }) => {
    if (unspoken.has(label)) return [];
    const word = words[label];
    if (word === undefined) throw new Error(`No table word for the step "${label}".`);
    return [word];
  });
}

/** "lock | read src" as a list. */
const steps = (text: string): readonly string[] => text.split("|").map((word) => word.trim());

function mmOn(kernel: string): Mm {
  return createMm(findKernel(kernel)!, { pages: ["x"] });
}

// --- fork of one small anonymous page ---

interface ForkColumn {
  readonly kernels: readonly string[];
  /** Nothing was ever pinned. */
  readonly never: string;
  /** Something was pinned once; this page is not. */
  readonly unpinned: string;
  readonly pinned: string;
}

const sharing =
  "lock mmap | lock | read src | ref+1 | map+1 | WP src | set child | unlock | flush | unlock mmap";
const tail = "unlock | flush | unlock mmap";
const tail7 = "unlock | wseq even | flush | unlock mmap";
const fresh = "copy | rmap | set child";

const forkColumns: readonly ForkColumn[] = [
  {
    kernels: ["v4.19", "v5.4", "v5.7", "stable-5.7", "v5.8", "v5.9-rc4"],
    never: sharing,
    unpinned: sharing,
    pinned: sharing,
  },
  {
    kernels: ["peter-xu-v1"],
    never: `lock mmap | lock | read src | ref+1 | hp? | map+1 | WP src | set child | ${tail}`,
    unpinned: `lock mmap | lock | read src | ref+1 | hp? | ref? | map+1 | WP src | set child | ${tail}`,
    pinned: `lock mmap | lock | read src | ref+1 | hp? | ref? | unlock | alloc | copy | ref-1 | lock
      | compare | rmap | set child | ${tail}`,
  },
  {
    kernels: ["linus-2020-09-25"],
    never: `lock mmap | lock | read src | WP src | ref? | ref+1 | map+1 | set child | ${tail}`,
    unpinned: `lock mmap | lock | read src | WP src | ref? | ref+1 | map+1 | set child | ${tail}`,
    pinned: `lock mmap | lock | read src | WP src | ref? | map? | alloc | ${fresh} | src += W | ${tail}`,
  },
  {
    kernels: ["v5.9-rc7", "peter-xu-v2"],
    never: `lock mmap | lock | read src | WP src | hp? | ref+1 | map+1 | set child | ${tail}`,
    unpinned: `lock mmap | lock | read src | WP src | hp? | ref? | ref+1 | map+1 | set child | ${tail}`,
    pinned: `lock mmap | lock | read src | WP src | hp? | ref? | restore src | unlock | alloc
      | lock | read src | WP src | hp? | ref? | restore src | ${fresh} | ${tail}`,
  },
  {
    kernels: ["v5.9"],
    never: `lock mmap | lock | read src | hp? | ref+1 | map+1 | WP src | set child | ${tail}`,
    unpinned: `lock mmap | lock | read src | hp? | ref? | ref+1 | map+1 | WP src | set child | ${tail}`,
    pinned: `lock mmap | lock | read src | hp? | ref? | unlock | alloc
      | lock | read src | hp? | ref? | ${fresh} | ${tail}`,
  },
  {
    kernels: ["v5.11", "v5.12", "v5.14", "v5.17", "v5.18", "stable-5.10"],
    never: `lock mmap | wseq odd | lock | read src | hp? | ref+1 | map+1 | WP src | set child | ${tail7}`,
    unpinned: `lock mmap | wseq odd | lock | read src | hp? | ref? | ref+1 | map+1 | WP src | set child
      | ${tail7}`,
    pinned: `lock mmap | wseq odd | lock | read src | hp? | ref? | unlock | alloc
      | lock | read src | hp? | ref? | ${fresh} | ${tail7}`,
  },
  {
    kernels: [...["v5.19", "v6.0", "v6.1", "v6.2", "v6.6", "stable-6.1.190", "stable-6.1"]],
    never: `lock mmap | wseq odd | lock | read src | ref+1 | AX? | hp? | clear AX | map+1 | WP src
      | set child | ${tail7}`,
    unpinned: `lock mmap | wseq odd | lock | read src | ref+1 | AX? | hp? | ref? | clear AX | map+1
      | WP src | set child | ${tail7}`,
    pinned: `lock mmap | wseq odd | lock | read src | ref+1 | AX? | hp? | ref? | ref-1 | unlock | alloc
      | lock | read src | ref+1 | AX? | hp? | ref? | ref-1 | ${fresh} | ${tail7}`,
  },
  {
    kernels: [
      ...["v6.12", "v6.16", "v6.17", "v6.18", "v7.0", "v7.1"],
      ...["stable-6.12.115", "stable-6.12", "stable-7.1", "v7.2", "v7.3"],
    ],
    never: `lock mmap | wseq odd | lock | read src | ref+1 | hp? | AX? | clear AX | map+1 | WP src
      | set child | ${tail7}`,
    unpinned: `lock mmap | wseq odd | lock | read src | ref+1 | hp? | ref? | AX? | clear AX | map+1
      | WP src | set child | ${tail7}`,
    pinned: `lock mmap | wseq odd | lock | read src | ref+1 | hp? | ref? | AX? | ref-1 | unlock | alloc
      | lock | read src | ref+1 | hp? | ref? | AX? | ref-1 | ${fresh} | ${tail7}`,
  },
];

const forkCases = forkColumns.flatMap((column) =>
  column.kernels.map((kernel) => ({ kernel, column })),
);

describe("fork of one small anonymous page", () => {
  test.each(forkCases)("$kernel: nothing ever pinned", ({ kernel, column }) => {
    const mm = mmOn(kernel);
    mm.fork();
    expect(ran(mm)).toEqual(steps(column.never));
  });

  test.each(forkCases)("$kernel: once pinned, not now", ({ kernel, column }) => {
    const mm = mmOn(kernel);
    mm.pin("x", { write: true }).unpin();
    mm.fork();
    expect(ran(mm)).toEqual(steps(column.unpinned));
  });

  test.each(forkCases)("$kernel: pinned", ({ kernel, column }) => {
    const mm = mmOn(kernel);
    mm.pin("x", { write: true });
    mm.fork();
    expect(ran(mm)).toEqual(steps(column.pinned));
  });

  test("the columns differ from each other, so a kernel in the wrong one is noticed", () => {
    const distinct = new Set(forkColumns.map(({ pinned }) => steps(pinned).join("|")));
    expect(distinct.size).toBe(forkColumns.length);
  });

  test("every kernel stands in a column, but the draft that the tables leave out", () => {
    const covered = forkCases.map(({ kernel }) => kernel);
    const left = kernels.map(({ name }) => name).filter((name) => !covered.includes(name));
    expect(left).toEqual(["linus-2020-09-28"]);
  });
});

describe("write_protect_seq over several pages", () => {
  const sequence = (declaration: string, before: string): readonly string[] => {
    const text = `Linux SEQ\n{ ${declaration} }\nP0 { ${before}fork(P1); }\nP1 { }\nexists (true)\n`;
    const parsed = parseFile(text);
    if (!parsed.ok) throw new Error(text);
    const { run } = check(expand(parsed.value)[0]!, findKernel("v5.11")!);
    return run!.steps.flatMap(({ label }) => {
      if (label === "set the child's PTE") return ["page"];
      return label.startsWith("raw_write_seqcount") ? [words[label]!] : [];
    });
  };
  const one = ["wseq odd", "page", "wseq even"];

  test("is odd once for each VMA, from its first page to its last", () => {
    expect(sequence("page x[2] = anon;", "")).toEqual(["wseq odd", "page", "page", "wseq even"]);
    expect(sequence("page x = anon; page y = anon;", "")).toEqual([...one, ...one]);
  });

  test("a part with other rights, or with advice of its own, is a VMA of its own", () => {
    expect(sequence("page x[2] = anon;", "mprotect(x[0], R); ")).toEqual([...one, ...one]);
    expect(sequence("page x[2] = anon;", "madvise(x[0], DONTFORK); ")).toEqual(one);
    expect(sequence("page x[2] = anon;", "munmap(x[1]); ")).toEqual(one);
  });
});

// --- GUP-fast of one small page ---

interface FastColumn {
  readonly kernels: readonly string[];
  /** A writable pin. */
  readonly pin: string;
}

const fastColumns: readonly FastColumn[] = [
  { kernels: ["v4.19", "v5.4"], pin: "p | ref+1 | q" },
  {
    kernels: ["v5.7", "stable-5.7", "v5.8", "v5.9-rc4", "linus-2020-09-25"],
    pin: "p | ref+1024 | q",
  },
  {
    kernels: ["peter-xu-v1", "peter-xu-v2", "v5.9-rc7", "linus-2020-09-28", "v5.9"],
    pin: "set hp | p | ref+1024 | q",
  },
  { kernels: ["v5.11", "v5.12"], pin: "set hp | wseq? | p | ref+1024 | q | wseq?" },
  {
    kernels: [
      ...["stable-5.10", "v5.14", "v5.17", "v5.18", "v5.19", "v6.0", "v6.1", "v6.2", "v6.6"],
      ...["v6.12", "v6.16", "v6.17", "v6.18", "v7.0", "v7.1", "stable-6.1.190", "stable-6.1"],
      ...["stable-6.12.115", "stable-6.12", "stable-7.1", "v7.2", "v7.3"],
    ],
    pin: "set hp | wseq? | p | ref+1 | ref+1023 | q | wseq?",
  },
];

const fastCases = fastColumns.flatMap((column) =>
  column.kernels.map((kernel) => ({ kernel, column })),
);

describe("GUP-fast of one small page", () => {
  test.each(fastCases)("$kernel", ({ kernel, column }) => {
    const mm = mmOn(kernel);
    mm.pin("x", { write: true, fast: true });
    expect(ran(mm)).toEqual(steps(column.pin));
  });

  test("every kernel stands in a column", () => {
    expect(fastCases.map(({ kernel }) => kernel).sort()).toEqual(
      kernels.map(({ name }) => name).sort(),
    );
  });

  test.each(["v5.19", "v6.2", "v7.2"])(
    "%s: a R/O pin of a read-only entry looks at the exclusive mark after the second read",
    (kernel) => {
      const mm = mmOn(kernel);
      mm.mprotect("x", "R");
      mm.pin("x", { fast: true });
      expect(ran(mm)).toEqual(steps("set hp | wseq? | p | ref+1 | ref+1023 | q | AX? | wseq?"));
    },
  );

  test.each(["v5.11", "v7.2"])("%s: a plain reference asks neither mm nor fork", (kernel) => {
    const mm = mmOn(kernel);
    mm.get("x", { fast: true });
    expect(ran(mm)).toEqual(steps("p | ref+1 | q"));
  });
});

// --- pins under ptl, and of huge pages ---

describe("what a writable pin counts, in which order", () => {
  test.each(["v5.9", "v5.14", "v5.17", "stable-5.10", "v6.1", "v7.2"])(
    "%s: under ptl the 1024 of a small page at once",
    (kernel) => {
      expect(grabs(kernel, "anon", "WRITE")).toEqual(["try_grab_page: ref + 1024"]);
    },
  );

  const reference = "try_grab_page: ref + 1";
  const count = "try_grab_page: pincount + 1";

  test.each(["v5.9", "v5.14", "v5.17", "stable-5.10"])(
    "%s: under ptl a huge page's exact count before its reference",
    (kernel) => {
      expect(grabs(kernel, "thp", "WRITE")).toEqual([count, reference]);
    },
  );

  test.each(["v5.18", "v6.1", "v7.2"])("%s: under ptl a huge page's reference first", (kernel) => {
    expect(grabs(kernel, "thp", "WRITE")).toEqual([reference, count]);
  });

  test.each(["v5.9", "stable-5.10", "v7.2"])(
    "%s: by GUP-fast a huge page's reference first",
    (kernel) => {
      expect(grabs(kernel, "thp", "WRITE | FAST")).toEqual([reference, count]);
    },
  );

  /** The grabbing steps of one pin of a page of this kind. */
  function grabs(kernel: string, kind: string, flags: string): readonly string[] {
    const text = `Linux GRAB\n{ page x = ${kind}; }\nP0 { h = pin(x${kind === "thp" ? "[0]" : ""}, ${flags}); }\nexists (true)\n`;
    const parsed = parseFile(text);
    if (!parsed.ok) throw new Error(text);
    const { run } = check(expand(parsed.value)[0]!, findKernel(kernel)!);
    return run!.steps.map(({ label }) => label).filter((label) => label.startsWith("try_grab"));
  }
});

// --- the write fault on a page that is read-only ---

const copying = `ref+1 | unlock | alloc | copy | lock | compare | clear+flush | rmap | set PTE | map-1
  | unlock | ref-1 | ref-1 | unlock mmap`;

interface WriteColumn {
  readonly kernels: readonly string[];
  /** What is asked while another process maps the page: then a copy. */
  readonly shared: string;
  /** The other process is gone: the page is reused. */
  readonly sole: string;
}

const writeColumns: readonly WriteColumn[] = [
  {
    kernels: ["v4.19", "v5.4", "v5.7", "stable-5.7", "v5.8"],
    shared: "lock | compare | page lock | map? | page unlock",
    sole: "lock | compare | page lock | map? | page unlock | W,D | unlock | unlock mmap",
  },
  {
    kernels: ["v5.9-rc4", "peter-xu-v1", "peter-xu-v2", "linus-2020-09-25"],
    shared: "lock | compare | ref?",
    sole: `lock | compare | ref? | page lock | map? | ref? | W,D | unlock | page unlock | unlock mmap`,
  },
  {
    kernels: [
      ...["v5.9-rc7", "linus-2020-09-28", "v5.9", "v5.11", "v5.12", "v5.14", "v5.17"],
      "stable-5.10",
    ],
    shared: "lock | compare | ref?",
    sole: `lock | compare | ref? | page lock | map? | ref? | page unlock | W,D | unlock | unlock mmap`,
  },
  {
    kernels: ["v5.18"],
    shared: "lock | compare | ref? | ref?",
    sole: "lock | compare | ref? | ref? | page lock | ref? | page unlock | W,D | unlock | unlock mmap",
  },
  {
    kernels: [
      ...["v5.19", "v6.0", "v6.1", "v6.2", "v6.6", "v6.12", "v6.16"],
      ...["v6.17", "v6.18", "v7.0", "v7.1", "stable-6.1.190", "stable-6.1"],
      ...["stable-6.12.115", "stable-6.12", "stable-7.1", "v7.2", "v7.3"],
    ],
    shared: "lock | compare | AX? | ref? | ref?",
    sole: `lock | compare | AX? | ref? | ref? | page lock | ref? | set AX | page unlock | W,D | unlock
      | unlock mmap`,
  },
];

const writeCases = writeColumns.flatMap((column) =>
  column.kernels.map((kernel) => ({ kernel, column })),
);

describe("the write fault on a read-only page", () => {
  test.each(writeCases)("$kernel copies a shared page", ({ kernel, column }) => {
    const mm = mmOn(kernel);
    mm.fork();
    mm.write("x", 1);
    expect(ran(mm)).toEqual(steps(`${column.shared} | ${copying}`));
  });

  test.each(writeCases)("$kernel reuses a page whose other owner is gone", ({ kernel, column }) => {
    const mm = mmOn(kernel);
    mm.fork().exit();
    mm.write("x", 1);
    expect(ran(mm)).toEqual(steps(column.sole));
  });

  test.each(["v5.19", "v7.2"])(
    "%s reuses an exclusive page without a lock or a count",
    (kernel) => {
      const mm = mmOn(kernel);
      mm.pin("x", { write: true });
      mm.uffd_wp("x");
      mm.write("x", 1);
      const told = "lock | compare | watcher | AX? | W,D | unlock | unlock mmap";
      expect(ran(mm)).toEqual(steps(told));
    },
  );

  test("every kernel stands in a column", () => {
    expect(writeCases.map(({ kernel }) => kernel).sort()).toEqual(
      kernels.map(({ name }) => name).sort(),
    );
  });
});

test("a step without a word in the tables is an error, not a gap", () => {
  const mm = mmOn("v5.9");
  mm.munmap("x");
  expect(() => ran(mm)).toThrow("No table word");
});
