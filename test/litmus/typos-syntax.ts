/** Mistakes that keep a text from being read: PF0xx. */
import type { Typo } from "./typo.ts";

export const syntaxTypos: readonly Typo[] = [
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
      "Found `exits`, expected an actor (`P1 { ... }`), locations, filter, a condition or " +
      "with. Did you mean `exists`?",
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
    wrong: { declarations: "{ pge x = anon; }" },
    code: "PF009",
    at: "3:3",
    message:
      "Found `pge`, expected `page`, `for` or `}`. Write `page x = anon;` or `page x[4] = " +
      "swapped anon;`. Did you mean `page`?",
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
    wrong: { first: "P0 { fork(P1); WRITE_ONCE(*x, 1); r0 = x; }" },
    code: "PF017",
    at: "4:27",
    message:
      "`*` is C, not the litmus language. A page is named without a star: write `x = 1;` or `r0 = x;`.",
  },
  {
    wrong: { first: "P0 { fork P1; x = 1; r0 = x; }" },
    code: "PF010",
    at: "4:11",
    message: "Found `P1`, expected `=` or `(`: write `fork(P1);`.",
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
      "Found `wiht`, expected an actor (`P1 { ... }`), locations, filter, a condition or " +
      "with. Did you mean `with`?",
    cured: true,
  },
  {
    wrong: { expectations: "with ..v5.7: nevr" },
    code: "PF014",
    at: "7:14",
    message:
      "Found `nevr`, expected never, sometimes or always. Write `with ..v5.8: always; " +
      "v5.9..: never`. Did you mean `never`?",
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
      "Found the end of the file, expected the condition. Write `exists (...)`, `~exists " +
      "(...)` or `forall (...)`.",
  },
  {
    wrong: { condition: "" },
    code: "PF013",
    at: "7:1",
    message:
      "Found `with`, expected the condition. Write `exists (...)`, `~exists (...)` or `forall (...)`.",
  },
  {
    wrong: { second: "p1 { exit(); }" },
    code: "PF011",
    at: "5:1",
    message:
      "`p1` is no actor. Name a process P0, a thread P0.T1, a device D0, a kernel actor K0. " +
      "Did you mean `P1`?",
    cured: true,
  },
  {
    wrong: { second: "Q1 { exit(); }" },
    code: "PF011",
    at: "5:1",
    message: "`Q1` is no actor. Name a process P0, a thread P0.T1, a device D0, a kernel actor K0.",
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
    wrong: { first: "P0 { fork(P1); x.hi = 65536; r0 = x; }" },
    code: "PF016",
    at: "4:16",
    message:
      "`65536` is more than 65535, the most that half a word holds. Write a number like 2 or 0x2.",
  },
  {
    wrong: { first: "P0 { may fail aloc; fork(P1); x = 1; r0 = x; }" },
    code: "PF010",
    at: "4:15",
    message: "Found `aloc`, expected `alloc`: `may fail alloc;`.",
  },
  {
    wrong: { declarations: "{ for kind on anon, shmem { page x = $kind; } }" },
    code: "PF009",
    at: "3:12",
    message: "Found `on`, expected `in`. Write `for kind in anon, shmem { page x = $kind; }`.",
  },
  {
    wrong: { declarations: "{ for kind in anon, shmem { page x = $kind; }" },
    code: "PF007",
    at: "4:1",
    message: "Found `P0`, expected `}` to close the declarations. Write `}` before it.",
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
      "Found `locatons`, expected an actor (`P1 { ... }`), locations, filter, a condition " +
      "or with. Did you mean `locations`?",
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
      "Found `fitler`, expected an actor (`P1 { ... }`), locations, filter, a condition or " +
      "with. Did you mean `filter`?",
    cured: true,
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
];
