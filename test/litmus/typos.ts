/**
 * One mistake each, made in a test that is otherwise right: where it is pointed at, and the words. A
 * row that is `cured` offers a fix after which nothing is left to complain of.
 */

export interface TestParts {
  readonly title: string;
  readonly doc: string;
  readonly declarations: string;
  readonly first: string;
  readonly second: string;
  readonly condition: string;
  readonly expectations: string;
}

export const rightParts: TestParts = {
  title: "Linux T",
  doc: '"doc"',
  declarations: "{ page x = anon; }",
  first: "P0 { fork(P1); x = 1; r0 = x; }",
  second: "P1 { exit(); }",
  condition: "exists (P0:r0 = 1)",
  expectations: "with ..v5.7: always; v5.8..: never",
};

/** The right test with some parts replaced. */
export function textOf(parts: Partial<TestParts>): string {
  return `${Object.values({ ...rightParts, ...parts }).join("\n")}\n`;
}

export interface Typo {
  readonly wrong: Partial<TestParts>;
  readonly code: string;
  /** line:column */
  readonly at: string;
  readonly message: string;
  readonly cured?: boolean;
}

export const typos: readonly Typo[] = [
  {
    wrong: { first: "P0 { frok(P1); x = 1; r0 = x; }" },
    code: "PF101",
    at: "4:6",
    message: "`frok` is no operation. Did you mean `fork`?",
    cured: true,
  },
  {
    wrong: { first: "P0 {\n  fork(P1)\n  x = 1;\n  r0 = x;\n}" },
    code: "PF008",
    at: "5:11",
    message: "Missing `;` after `)`. Statements and declarations end with `;`.",
    cured: true,
  },
  {
    wrong: { first: "P0 { fork(P1) x = 1; r0 = x; }" },
    code: "PF008",
    at: "4:14",
    message: "Missing `;` after `)`. Statements and declarations end with `;`.",
    cured: true,
  },
  {
    wrong: { second: "P1 { exit() }" },
    code: "PF008",
    at: "5:12",
    message: "Missing `;` after `)`. Statements and declarations end with `;`.",
    cured: true,
  },
  {
    wrong: { first: "P0 { fork(P1); x = 1; r0 = x;" },
    code: "PF007",
    at: "5:1",
    message: "Found `P1`, expected `}` to close the block of P0. Write `}` before it.",
  },
  {
    wrong: { second: "P1 { exit();" },
    code: "PF007",
    at: "6:1",
    message: "Found `exists`, expected `}` to close the block of P1. Write `}` before it.",
  },
  {
    wrong: { second: "P1 { exit(); } }" },
    code: "PF015",
    at: "5:16",
    message: "Found `}`, expected an actor (`P1 { ... }`), locations, filter, a condition or with.",
  },
  {
    wrong: { condition: "exits (P0:r0 = 1)" },
    code: "PF015",
    at: "6:1",
    message:
      "Found `exits`, expected an actor (`P1 { ... }`), locations, filter, a condition or with. Did you mean `exists`?",
    cured: true,
  },
  {
    wrong: { condition: "exists (P0:r0 = 1" },
    code: "PF012",
    at: "7:1",
    message:
      "Found `with`, expected `)`, `/\\`, `\\/` or `=>`. Write for example `exists (P0:r0 = 1 /\\ x != 2)`.",
  },
  {
    wrong: { condition: "exists (P0:r1 = 1)" },
    code: "PF118",
    at: "6:12",
    message: "P0 never assigns `r1`. Did you mean `r0`?",
    cured: true,
  },
  {
    wrong: { condition: "exists (r0 = 1)" },
    code: "PF118",
    at: "6:9",
    message: "`r0` is a register. Say whose: `P0:r0`.",
    cured: true,
  },
  {
    wrong: { condition: "exists (P0:r0 1)" },
    code: "PF012",
    at: "6:15",
    message: "Found `1`, expected `=` or `!=`. Write for example `exists (P0:r0 = 1 /\\ x != 2)`.",
  },
  {
    wrong: { condition: "exists (P0:r0 = 1 & x = 2)" },
    code: "PF012",
    at: "6:19",
    message: "Found `&`, expected herd's sign. Write `/\\`.",
    cured: true,
  },
  {
    wrong: { condition: "exists (P0:r0 = 1 && x = 2)" },
    code: "PF012",
    at: "6:19",
    message: "Found `&&`, expected herd's sign. Write `/\\`.",
    cured: true,
  },
  {
    wrong: { condition: "exists (P0:r0 = 1 / x = 2)" },
    code: "PF001",
    at: "6:19",
    message: "`/` has no meaning in a litmus test. Take it out.",
  },
  {
    wrong: { first: "P0 { fork(P1); y = 1; r0 = x; }" },
    code: "PF104",
    at: "4:16",
    message: "No page is called `y`. The test declares x. Write `page y = anon;` among them.",
  },
  {
    wrong: { declarations: "{ page x = anno; }" },
    code: "PF109",
    at: "3:12",
    message: "`anno` is no page kind and no modifier. Did you mean `anon`?",
    cured: true,
  },
  {
    wrong: { declarations: "{ page x = shard anon; }" },
    code: "PF109",
    at: "3:12",
    message: "`shard` is no page kind and no modifier. Did you mean `shared`?",
    cured: true,
  },
  {
    wrong: { declarations: "{ page x = swaped anon; }" },
    code: "PF109",
    at: "3:12",
    message: "`swaped` is no page kind and no modifier. Did you mean `swapped`?",
    cured: true,
  },
  {
    wrong: { declarations: "{ pge x = anon; }" },
    code: "PF009",
    at: "3:3",
    message:
      "Found `pge`, expected `page`, `for` or `}`. Write `page x = anon;` or `page x[4] = swapped anon;`. Did you mean `page`?",
    cured: true,
  },
  {
    wrong: { declarations: "{ int x = 0; }" },
    code: "PF017",
    at: "3:3",
    message:
      "`int` is C, not the litmus language. Declare a page: `page x = anon;`. It begins as 0.",
  },
  {
    wrong: { declarations: "{ x = 0; }" },
    code: "PF009",
    at: "3:3",
    message:
      "Found `x`, expected `page`, `for` or `}`. Write `page x = anon;` or `page x[4] = swapped anon;`.",
  },
  {
    wrong: { first: "P0 { fork(P1); x = 1; int r0 = x; }" },
    code: "PF017",
    at: "4:23",
    message: "`int` is C, not the litmus language. Registers need no type: write `r0 = x;`.",
    cured: true,
  },
  {
    wrong: { first: "P0 { fork(P1); *x = 1; r0 = x; }" },
    code: "PF017",
    at: "4:16",
    message:
      "`*` is C, not the litmus language. A page is named without a star: write `x = 1;` or `r0 = x;`.",
    cured: true,
  },
  {
    wrong: { first: "P0 { fork(P1); WRITE_ONCE(x, 1); r0 = x; }" },
    code: "PF101",
    at: "4:16",
    message: "`WRITE_ONCE` is no operation of the litmus language. Write `x = 1;` instead.",
  },
  {
    wrong: { first: "P0 { fork(P1); WRITE_ONCE(*x, 1); r0 = x; }" },
    code: "PF017",
    at: "4:27",
    message:
      "`*` is C, not the litmus language. A page is named without a star: write `x = 1;` or `r0 = x;`.",
  },
  {
    wrong: { first: "P0 { fork(P2); x = 1; r0 = x; }" },
    code: "PF108",
    at: "4:11",
    message: "The test has no `P2`. Did you mean `P1`?",
    cured: true,
  },
  {
    wrong: { first: "P0 { x = 1; r0 = x; }" },
    code: "PF113",
    at: "5:1",
    message: "P1 never comes to life. Write `fork(P1);` or `vfork(P1);` in a process that does.",
  },
  {
    wrong: { second: "P2 { exit(); }", first: "P0 { fork(P2); x = 1; r0 = x; }" },
    code: "PF114",
    at: "5:1",
    message: "Found P2, expected P1: processes are numbered without gaps. Rename it P1.",
  },
  {
    wrong: { second: "P1 { fork(P0); exit(); }" },
    code: "PF116",
    at: "5:11",
    message: "P0 runs from the start and is nobody's child. Fork a process of its own, such as P1.",
  },
  {
    wrong: { first: "P0 { fork(P1); fork(P1); x = 1; r0 = x; }" },
    code: "PF115",
    at: "4:21",
    message: "P1 is forked twice. Give the second child a block of its own.",
  },
  {
    wrong: { first: "P0 { fork P1; x = 1; r0 = x; }" },
    code: "PF010",
    at: "4:11",
    message: "Found `P1`, expected `=` or `(`: write `fork(P1);`.",
  },
  {
    wrong: { first: "P0 { fork(); x = 1; r0 = x; }" },
    code: "PF102",
    at: "4:6",
    message: "Found no arguments, expected `fork(P1)`.",
  },
  {
    wrong: { first: "P0 { fork(x); x = 1; r0 = x; }" },
    code: "PF102",
    at: "4:11",
    message: "Found `x`, expected `fork(P1)`.",
  },
  {
    wrong: { first: "P0 { fork(P1); x = @1; r0 = x; }" },
    code: "PF001",
    at: "4:20",
    message: "`@` has no meaning in a litmus test. Take it out.",
  },
  {
    wrong: { first: "P0 { fork(P1); x @ 1; r0 = x; }" },
    code: "PF001",
    at: "4:18",
    message: "`@` has no meaning in a litmus test. Take it out.",
  },
  {
    wrong: { title: "Linx T" },
    code: "PF004",
    at: "1:1",
    message: "Found `Linx`, expected `Linux T`.",
    cured: true,
  },
  {
    wrong: { title: "C T" },
    code: "PF004",
    at: "1:1",
    message: "Found `C`, expected `Linux T`.",
    cured: true,
  },
  {
    wrong: { title: "" },
    code: "PF004",
    at: "2:1",
    message: "Found `\"`, expected `Linux NAME`, where NAME is the file's name without .litmus.",
  },
  {
    wrong: { title: "Linux" },
    code: "PF004",
    at: "1:6",
    message: "Found no name, expected `Linux NAME`, where NAME is the file's name without .litmus.",
  },
  {
    wrong: { title: "Linux my test" },
    code: "PF004",
    at: "1:10",
    message:
      "Found `test`, expected a name of letters, digits and _ / . - + [ ] : alone on its line.",
  },
  {
    wrong: { doc: '"doc' },
    code: "PF003",
    at: "2:1",
    message: 'This string never ends. Close it with `"` before the info lines and `{`.',
  },
  {
    wrong: { doc: '"d"\nhello world' },
    code: "PF005",
    at: "3:1",
    message:
      "Found `hello world`, expected the declarations. Write `Key=value` lines, then `{ page x = anon; }`.",
  },
  {
    wrong: { declarations: "" },
    code: "PF006",
    at: "4:1",
    message:
      "Found `P0`, expected the declarations. Write `{ page x = anon; }` before the first process.",
  },
  {
    wrong: { declarations: "page x = anon; }" },
    code: "PF006",
    at: "3:1",
    message: "Found `page`, expected `{`. Write `{` before it.",
    cured: true,
  },
  {
    wrong: { declarations: "{ page x = anon;" },
    code: "PF007",
    at: "4:1",
    message: "Found `P0`, expected `}` to close the declarations. Write `}` before it.",
  },
  {
    wrong: { declarations: "{ page x = anon }" },
    code: "PF008",
    at: "3:16",
    message: "Missing `;` after `anon`. Statements and declarations end with `;`.",
    cured: true,
  },
  {
    wrong: { second: "P1 { exit(); } /* oops" },
    code: "PF002",
    at: "5:16",
    message: "This comment never ends. Close it with `*/`.",
  },
  {
    wrong: { doc: "(* oops" },
    code: "PF002",
    at: "2:1",
    message: "This comment never ends. Close it with `*)`.",
  },
  {
    wrong: { expectations: "wiht ..v5.7: always" },
    code: "PF015",
    at: "7:1",
    message:
      "Found `wiht`, expected an actor (`P1 { ... }`), locations, filter, a condition or with. Did you mean `with`?",
    cured: true,
  },
  {
    wrong: { expectations: "with ..v5.7: nevr" },
    code: "PF014",
    at: "7:14",
    message:
      "Found `nevr`, expected never, sometimes or always. Write `with ..v5.8: always; v5.9..: never`. Did you mean `never`?",
    cured: true,
  },
  {
    wrong: { expectations: "with ..v5.7 never" },
    code: "PF014",
    at: "7:13",
    message:
      "Found `never`, expected `:` and a verdict. Write `with ..v5.8: always; v5.9..: never`.",
  },
  {
    wrong: { expectations: "with ..v5.7: never, v5.8: always" },
    code: "PF014",
    at: "7:19",
    message: "Found `,`, expected `;`. Write `with ..v5.8: always; v5.9..: never`.",
  },
  {
    wrong: { expectations: "with ..v5.7: never v5.8..: always" },
    code: "PF014",
    at: "7:20",
    message: "Found `v5.8`, expected `;`. Write `with ..v5.8: always; v5.9..: never`.",
  },
  {
    wrong: { condition: "", expectations: "" },
    code: "PF013",
    at: "5:15",
    message:
      "Found the end of the file, expected the condition. Write `exists (...)`, `~exists (...)` or `forall (...)`.",
  },
  {
    wrong: { condition: "" },
    code: "PF013",
    at: "7:1",
    message:
      "Found `with`, expected the condition. Write `exists (...)`, `~exists (...)` or `forall (...)`.",
  },
  {
    wrong: { first: "P0 { fork(P1); h = pin(x, WRIT); dma_write(h, 1); x = 1; r0 = x; }" },
    code: "PF103",
    at: "4:27",
    message: "`WRIT` is no flag of pin. Did you mean `WRITE`?",
    cured: true,
  },
  {
    wrong: {
      first:
        "P0 { fork(P1); h = pin(x, FOLL_WRITE|FOLL_LONGTERM); dma_write(h, 1); x = 1; r0 = x; }",
    },
    code: "PF103",
    at: "4:27",
    message: "`FOLL_WRITE` is no flag of pin. Did you mean `WRITE`?",
  },
  {
    wrong: { first: "P0 { fork(P1); h = ibv_reg_mr(x); dma_write(h, 1); x = 1; r0 = x; }" },
    code: "PF102",
    at: "4:16",
    message: "Found 1 argument, expected `ibv_reg_mr(x, READ)`.",
  },
  {
    wrong: { first: "P0 { fork(P1); mprotect(x, R | RW); x = 1; r0 = x; }" },
    code: "PF103",
    at: "4:28",
    message: "mprotect takes one word. Write R or RW.",
  },
  {
    wrong: { first: "P0 { fork(P1); h = pin(x, WRITE); dma_write(hh, 1); x = 1; r0 = x; }" },
    code: "PF105",
    at: "4:45",
    message: "No operation makes the handle `hh`. Did you mean `h`?",
    cured: true,
  },
  {
    wrong: { first: "P0 { fork(P1); dma_write(h, 1); x = 1; r0 = x; }" },
    code: "PF105",
    at: "4:26",
    message: "No operation makes the handle `h`. Write `h = pin(x, WRITE);` or another pin before.",
  },
  {
    wrong: {
      first: "P0 { fork(P1); x = 1; r0 = x; signal(dnoe); }",
      second: "P1 { await(done); exit(); }",
    },
    code: "PF106",
    at: "5:12",
    message: "Nobody signals `done`: this waits for ever. Did you mean `dnoe`?",
    cured: true,
  },
  {
    wrong: { first: "P0 { fork(P1); x = 1; r0 = x; }", second: "P1 { await(done); exit(); }" },
    code: "PF106",
    at: "5:12",
    message: "Nobody signals `done`: this waits for ever. Write `signal(done);` in another actor.",
  },
  {
    wrong: { first: "P0 { fork(P1); x = 1; r0 = x; signal(done); }" },
    code: "PF107",
    at: "4:38",
    message: "Nobody awaits `done`. Write `await(done);` or drop it.",
  },
  {
    wrong: { first: "P0 { fork(P1); x[1] = 1; r0 = x; }" },
    code: "PF112",
    at: "4:16",
    message: "`x[1]` is outside `x`, which has one page, x[0].",
  },
  {
    wrong: { declarations: "{ page x = anon; page x = thp; }" },
    code: "PF111",
    at: "3:23",
    message: "`x` is a page already. Choose another name.",
  },
  {
    wrong: { second: "P1 { exit(); }\nP1 { exit(); }" },
    code: "PF111",
    at: "6:1",
    message: "`P1` is an actor already. Choose another name.",
  },
  {
    wrong: { second: "P1 { exit(); }\nD0 { x = 1; }" },
    code: "PF117",
    at: "6:6",
    message: "A device cannot do a store. Write `dma_write(h, 2);`.",
  },
  {
    wrong: { second: "P1 { exit(); }\nD0 { fork(P1); }" },
    code: "PF117",
    at: "6:6",
    message: "A device cannot do fork. Write it in a process.",
  },
  {
    wrong: { second: "P1 { exit(); }\nK0 { reclaim(x); }" },
    code: "PF120",
    at: "6:6",
    message: "Say whether it happens: `must reclaim(...)`, or `may reclaim(...)` for perhaps.",
    cured: true,
  },
  {
    wrong: { first: "P0 { fork(P1); reclaim(x); x = 1; r0 = x; }" },
    code: "PF117",
    at: "4:16",
    message: "A process cannot do reclaim. Write it in a kernel actor K0.",
  },
  {
    wrong: { second: "p1 { exit(); }" },
    code: "PF011",
    at: "5:1",
    message:
      "`p1` is no actor. Name a process P0, a thread P0.T1, a device D0, a kernel actor K0. Did you mean `P1`?",
    cured: true,
  },
  {
    wrong: { second: "Q1 { exit(); }" },
    code: "PF011",
    at: "5:1",
    message: "`Q1` is no actor. Name a process P0, a thread P0.T1, a device D0, a kernel actor K0.",
  },
  {
    wrong: { first: "P0 { fork(P1); x.low = 1; r0 = x; }" },
    code: "PF123",
    at: "4:18",
    message: "`low` is no part of anything. Did you mean `lo`?",
    cured: true,
  },
  {
    wrong: { first: "P0 { fork(P1); h = pin(x.lo); x = 1; r0 = x; }" },
    code: "PF123",
    at: "4:24",
    message: "`x.lo` is half a word; pin takes the whole page.",
  },
  {
    wrong: { first: "P0 { fork(P1); x = 1; r0 = x; exit() times 2; }" },
    code: "PF122",
    at: "4:38",
    message: "exit cannot be repeated. `times N` follows pin and get only, with N from 1.",
  },
  {
    wrong: { first: "P0 { fork(P1); x = 1; r0 = x; r2 = exit(); }" },
    code: "PF121",
    at: "4:31",
    message: "exit gives no result: write `exit();`.",
  },
  {
    wrong: { first: "P0 { fork(P1); x = 1a; r0 = x; }" },
    code: "PF016",
    at: "4:20",
    message: "`1a` is no number. Write a number like 2 or 0x2.",
  },
  {
    wrong: { first: "P0 { fork(P1); x = 99999999999; r0 = x; }" },
    code: "PF016",
    at: "4:20",
    message: "`99999999999` is more than 4294967295. Write a number like 2 or 0x2.",
  },
  {
    wrong: { first: "P0 { fork(P1); x = 1; r0 = x; may fail alloc; }" },
    code: "PF126",
    at: "4:31",
    message:
      "No statement follows `may fail alloc`. Write it before the statement whose allocations may fail.",
  },
  {
    wrong: { first: "P0 { may fail aloc; fork(P1); x = 1; r0 = x; }" },
    code: "PF010",
    at: "4:15",
    message: "Found `aloc`, expected `alloc`: `may fail alloc;`.",
  },
  {
    wrong: { declarations: "{ for kind in anon, shmem { page x = $knd; } }" },
    code: "PF125",
    at: "3:38",
    message: "No `for` around it names `$knd`. Did you mean `$kind`?",
    cured: true,
  },
  {
    wrong: { declarations: "{ for kind in anon, shmen { page x = $kind; } }" },
    code: "PF109",
    at: "3:21",
    message: "`shmen` is no page kind and no modifier. Did you mean `shmem`?",
    cured: true,
  },
  {
    wrong: { declarations: "{ for kind on anon, shmem { page x = $kind; } }" },
    code: "PF009",
    at: "3:12",
    message: "Found `on`, expected `in`. Write `for kind in anon, shmem { page x = $kind; }`.",
  },
  {
    wrong: { declarations: "{ for kind in anon, anon { page x = $kind; } }" },
    code: "PF111",
    at: "3:21",
    message: "`anon` stands twice in this matrix. Write it once.",
  },
  {
    wrong: { declarations: "{ for kind in anon, shmem { page x = anon; } }" },
    code: "PF125",
    at: "3:7",
    message:
      "No page of this matrix is a `$kind`: its tests would all be equal. Write `page x = $kind;`.",
  },
  {
    wrong: { declarations: "{ for kind in anon, shmem { page x = $kind; }" },
    code: "PF007",
    at: "4:1",
    message: "Found `P0`, expected `}` to close the declarations. Write `}` before it.",
  },
  {
    wrong: { condition: "exists (smae(P0:x, P1:x))" },
    code: "PF134",
    at: "6:9",
    message: "`smae` is no predicate. Did you mean `same`?",
    cured: true,
  },
  {
    wrong: { condition: "exists (same(P0:x))" },
    code: "PF102",
    at: "6:9",
    message: "Found 1 operand, expected `same(P0:x, P1:x)`.",
  },
  {
    wrong: { condition: "exists (pinned(x, x))" },
    code: "PF102",
    at: "6:16",
    message: "Found `x`, expected `pinned(h, P0:x)`.",
  },
  {
    wrong: { condition: "exists (PTE(x) = presnt)" },
    code: "PF133",
    at: "6:18",
    message: "Nothing is called `presnt`. Did you mean `present`?",
    cured: true,
  },
  {
    wrong: { condition: "exists (P0:r0 = ENOMEN)" },
    code: "PF133",
    at: "6:17",
    message: "Nothing is called `ENOMEN`. Did you mean `ENOMEM`?",
    cured: true,
  },
  {
    wrong: { condition: "exists (P0:r0 = 1)\nforall (P0:r0 = 1)" },
    code: "PF018",
    at: "7:1",
    message: "A second condition. A test has one; join them into one.",
  },
  {
    wrong: { condition: "locatons [x]\nexists (P0:r0 = 1)" },
    code: "PF015",
    at: "6:1",
    message:
      "Found `locatons`, expected an actor (`P1 { ... }`), locations, filter, a condition or with. Did you mean `locations`?",
    cured: true,
  },
  {
    wrong: { condition: "locations [x\nexists (P0:r0 = 1)" },
    code: "PF012",
    at: "7:1",
    message: "Found `exists`, expected `;` or `]`. Write `locations [P0:r0; x]`.",
  },
  {
    wrong: { condition: "fitler (x = 1)\nexists (P0:r0 = 1)" },
    code: "PF015",
    at: "6:1",
    message:
      "Found `fitler`, expected an actor (`P1 { ... }`), locations, filter, a condition or with. Did you mean `filter`?",
    cured: true,
  },
  {
    wrong: { condition: "exists (P3:r0 = 1)" },
    code: "PF108",
    at: "6:9",
    message: "The test has no `P3`. Did you mean `P0`?",
    cured: true,
  },
  {
    wrong: { second: "P1 { wait(P0); exit(); }" },
    code: "PF124",
    at: "5:11",
    message: "P0 is no child of P1: wait fails. Let the parent wait, or use signal and await.",
  },
  {
    wrong: { second: "P1 { exit(); x = 1; }" },
    code: "PF127",
    at: "5:14",
    message: "P1 never comes here: it has ended with `exit()` before.",
  },
  {
    wrong: { declarations: "{ page x = untouched swapped anon; }" },
    code: "PF110",
    at: "3:22",
    message: "`swapped` does not fit `anon`: an untouched page has nothing to swap out.",
  },
  {
    wrong: { first: "P0 { fork(P1); r0 = x; x = r0; }" },
    code: "PF104",
    at: "4:28",
    message: "`r0` is no number, but a store takes a number: `x = 1;`.",
  },
  {
    wrong: { first: "P0 { fork(P1); if (x) { x = 1; } r0 = x; }" },
    code: "PF010",
    at: "4:23",
    message: "Found `{`, expected `;`.",
  },
  {
    wrong: { first: "P0 { fork(P1); x..lo = 1; r0 = x; }" },
    code: "PF010",
    at: "4:17",
    message: "Found `..`, expected `=` or `(`.",
  },
  {
    wrong: { doc: "(* Result: Nevr *)" },
    code: "PF128",
    at: "2:12",
    message: "`Nevr` is no result and is not read. Did you mean `Never`?",
    cured: true,
  },
  {
    wrong: { first: "P0 { fork(P1): x = 1; r0 = x; }" },
    code: "PF010",
    at: "4:14",
    message: "Found `:`, expected `;`.",
    cured: true,
  },
  {
    wrong: { first: "P0 { fork(P1), x = 1; r0 = x; }" },
    code: "PF010",
    at: "4:14",
    message: "Found `,`, expected `;`.",
    cured: true,
  },
  {
    wrong: { first: 'P0 { fork(P1); x = "1"; r0 = x; }' },
    code: "PF001",
    at: "4:20",
    message: '`"` has no meaning in a litmus test. Take it out.',
  },
  {
    wrong: { second: "P1 { exit(); }\nP1.T1 { x = 1; }" },
    code: "PF131",
    at: "6:1",
    message: "P1.T1 is a thread of P1, but only P0 runs from the start. Write P0.T1, or a process.",
  },
  {
    wrong: { declarations: "{ page x[0] = anon; }" },
    code: "PF129",
    at: "3:9",
    message: "0 pages cannot be declared. Write a number from 1 to 1024.",
  },
  {
    wrong: { first: "P0 { fork(P1); wait(P1); x = 1; r0 = x; }", second: "P1 { x = 2; }" },
    code: "PF135",
    at: "4:21",
    message: "P1 has no `exit();`, so wait(P1) waits for ever. Write it in P1.",
  },
  {
    wrong: { first: "P0 { vfork(P1); x = 1; r0 = x; }", second: "P1 { x = 2; }" },
    code: "PF135",
    at: "4:12",
    message: "P1 has no `exit();` or `exec();`, so vfork(P1) waits for ever. Write it in P1.",
  },
  {
    wrong: { first: "P0 { fork(P1); h = read_direct(x); h.complete(); r0 = x; }" },
    code: "PF102",
    at: "4:36",
    message: "Found no values, expected `complete(h, 2)`.",
  },
  {
    wrong: { first: "P0 { fork(P1); h = pin(x, WRITE); h = pin(x, WRITE | WRITE); r0 = x; }" },
    code: "PF103",
    at: "4:54",
    message: "`WRITE` stands twice. Write each flag once.",
  },
  {
    wrong: {
      first: "P0 { fork(P1); h = pin(x, WRITE); r0 = x; }",
      condition: "exists (h = 1 /\\ P0:r0 = 1)",
    },
    code: "PF132",
    at: "6:9",
    message: "A handle has no value. Write `pinned(h, P0:x)` or `h.errno = EFAULT`.",
  },
  {
    wrong: { condition: "exists (PTE(P0:x) = 1)" },
    code: "PF132",
    at: "6:9",
    message: "PTE(...) is none, present, writable or swap. Compare it with one of these words.",
  },
  {
    wrong: { condition: "exists (1 = 1)" },
    code: "PF132",
    at: "6:9",
    message:
      "Both sides are constants, so no run decides this. Write a register or a page on one side.",
  },
  {
    wrong: { second: "P1 { h = pin(x, WRITE); r0 = h; exit(); }" },
    code: "PF104",
    at: "5:30",
    message: "`h` is a handle, not a page. Write `r0 = dma_read(h);`.",
  },
  {
    wrong: { second: "P1 { h = pin(x, WRITE); exit(); }\nP0.T1 { h = pin(x); }" },
    code: "PF105",
    at: "6:9",
    message: "P1 and P0.T1 both make the handle `h`. Give each its own name.",
  },
  {
    wrong: { second: "P1 { h = pin(x, WRITE); dma_write(h[1], 2); exit(); }" },
    code: "PF112",
    at: "5:35",
    message: "`h[1]` is outside `h`, which has one page, h[0].",
  },
  {
    wrong: { declarations: "{ page x = pte-mapped anon; }" },
    code: "PF110",
    at: "3:12",
    message: "`pte-mapped` does not fit `anon`: it is about the parts of a thp.",
  },
  {
    wrong: { declarations: "{ for k in thp, anon { page x = pte-mapped $k; } }" },
    code: "PF110",
    at: "3:33",
    message: "`pte-mapped` does not fit `anon`: it is about the parts of a thp.",
  },
  {
    wrong: {
      declarations: "{ for k in thp, anon { page x = $k; } }",
      first: "P0 { fork(P1); x[1] = 1; r0 = x; }",
    },
    code: "PF112",
    at: "4:16",
    message: "`x[1]` is outside `x`, which has one page, x[0].",
  },
  {
    wrong: { declarations: "{ page with = anon; page x = anon; }" },
    code: "PF111",
    at: "3:8",
    message: "`with` is a word of the language. Choose another name.",
  },
];
