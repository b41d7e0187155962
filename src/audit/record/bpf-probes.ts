/**
 * What the recorder listens to, by system call: entry keeps the arguments, return tells what came of
 * them. Only processes of the recorded command's tree are heard (`@tree`).
 */
import { directFlag, type Field, forEach, line, openFlags, stack, userWord } from "./bpf-line.ts";

/** Statements at entry and return of a call; either may be missing. */
export interface CallProbe {
  readonly call: string;
  readonly enter?: string;
  readonly leave?: string;
}

const succeeded = (body: string) => `if (args->ret >= 0) { ${body} }`;
const number = (name: string, value: string): Field => [name, "number", value];
const address = (name: string, value: string): Field => [name, "address", value];

/** Keeps arguments under the thread until the call returns. */
const keep = (...names: readonly string[]) =>
  names.map((name) => `@${name}[tid] = (uint64)args->${name};`).join(" ");
const kept = (name: string) => `@${name}[tid]`;

const memory: readonly CallProbe[] = [
  {
    call: "mmap",
    enter: keep("len", "prot", "flags", "fd"),
    leave: succeeded(
      line("mmap", [
        address("addr", "args->ret"),
        number("len", kept("len")),
        number("flags", kept("flags")),
        number("prot", kept("prot")),
        number("fd", `(int32)${kept("fd")}`),
      ]),
    ),
  },
  {
    call: "munmap",
    enter: keep("addr", "len"),
    leave: succeeded(line("munmap", [address("addr", kept("addr")), number("len", kept("len"))])),
  },
  {
    call: "mremap",
    enter: keep("addr", "old_len", "new_len", "flags"),
    leave: succeeded(
      line("mremap", [
        address("addr", kept("addr")),
        number("len", kept("old_len")),
        address("to", "args->ret"),
        number("to_len", kept("new_len")),
        number("flags", kept("flags")),
      ]),
    ),
  },
  { call: "brk", leave: succeeded(line("brk", [address("top", "args->ret")])) },
  {
    call: "madvise",
    enter: keep("start", "len_in", "behavior"),
    leave: succeeded(
      line("madvise", [
        address("addr", kept("start")),
        number("len", kept("len_in")),
        number("adv", kept("behavior")),
      ]),
    ),
  },
  {
    call: "shmget",
    enter: keep("size"),
    leave: succeeded("@segment[(uint64)args->ret] = @size[tid];"),
  },
  {
    call: "shmat",
    enter: keep("shmid"),
    leave: succeeded(
      line("mmap", [
        address("addr", "args->ret"),
        number("len", "@segment[@shmid[tid]]"),
        number("flags", "33"),
      ]),
    ),
  },
];

const descriptors: readonly CallProbe[] = [
  { call: "close", enter: line("close", [number("fd", "(int32)args->fd")]) },
  {
    call: "close_range",
    enter: line("close_range", [
      number("fd", "args->fd"),
      number("last", "(int32)args->max_fd"),
      number("flags", "args->flags"),
    ]),
  },
  ...["dup", "dup2", "dup3"].map((call) => ({
    call,
    enter: call === "dup" ? keep("fildes") : keep("oldfd"),
    leave: succeeded(
      line("dup", [
        number("fd", kept(call === "dup" ? "fildes" : "oldfd")),
        number("to", "args->ret"),
      ]),
    ),
  })),
  {
    call: "fcntl",
    enter: keep("fd", "cmd", "arg"),
    leave: succeeded(
      [
        `if (@cmd[tid] == 0 || @cmd[tid] == 1030) { ${line("dup", [
          number("fd", kept("fd")),
          number("to", "args->ret"),
          ["cloexec", "truth", "@cmd[tid] == 1030"],
        ])} }`,
        `if (@cmd[tid] == 2) { ${line("cloexec", [
          number("fd", kept("fd")),
          ["on", "truth", "(@arg[tid] & 1)"],
        ])} }`,
      ].join(" "),
    ),
  },
  ...["pipe", "pipe2"].map((call) => ({
    call,
    enter: keep("fildes"),
    leave: succeeded(
      line("pipe", [
        number("reader", userWord("@fildes[tid]", "int32")),
        number("writer", userWord("@fildes[tid] + 4", "int32")),
      ]),
    ),
  })),
];

const iovec = (base: string) => [
  address("addr", userWord(`${base} + 16 * $index`)),
  number("len", userWord(`${base} + 16 * $index + 8`)),
];
const viaSlot: Field = ["slot", "truth", "@slot[tid]"];
const asked = line("uring_reg", [number("fd", "args->fd"), ...iovec("$list"), viaSlot]);
const answer = (count: string, ...more: readonly Field[]) =>
  line("uring_reg_ret", [
    number("ret", "args->ret"),
    number("fd", kept("fd")),
    number("n", count),
    viaSlot,
    ...more,
  ]);
/** At most so many buffers of one call are listed; the others are counted. */
const listed = 16;

const rings: readonly CallProbe[] = [
  {
    call: "io_uring_setup",
    enter: keep("params"),
    leave: succeeded(
      line("uring_setup", [
        number("fd", "args->ret"),
        number("flags", userWord("@params[tid] + 8", "uint32")),
      ]),
    ),
  },
  {
    call: "io_uring_register",
    enter: [
      "@op[tid] = (uint64)args->opcode & 0x7fffffff; @slot[tid] = (uint64)args->opcode >> 31;",
      "@fd[tid] = (uint64)args->fd; @given[tid] = (uint64)args->arg;",
      "$list = (uint64)args->arg; $count = (uint64)args->nr_args;",
      `if (@op[tid] == 15) { $count = (uint64)${userWord("$list", "uint32")};`,
      `  $list = ${userWord("$list + 16")}; if ($list == 0) { $count = (uint64)0; } }`,
      `if (@op[tid] == 16) { $count = (uint64)${userWord("$list + 24", "uint32")};`,
      `  $list = ${userWord("$list + 8")}; }`,
      "@count[tid] = $count;",
      `if (@op[tid] == 0 || @op[tid] == 15 || @op[tid] == 16) { ${forEach(listed, "$count", asked)} }`,
      `if (@op[tid] == 1) { ${line("uring_unreg", [number("fd", "args->fd"), viaSlot])} }`,
    ].join("\n  "),
    leave: [
      `if (@op[tid] == 0 || @op[tid] == 15) { ${answer("@count[tid]")} ${stack} }`,
      `if (@op[tid] == 16) { ${answer(
        "@count[tid]",
        number("first", userWord("@given[tid]", "uint32")),
      )} }`,
      `if (@op[tid] == 1) { ${line("uring_unreg_ret", [number("ret", "args->ret")])} }`,
      `if (args->ret >= 0) {`,
      `  if (@op[tid] == 20) { ${line("uring_slot", [
        number("fd", `(int32)${userWord("@given[tid] + 8")}`),
        number("slot", userWord("@given[tid]", "uint32")),
      ])} }`,
      `  if (@op[tid] == 22 && (${userWord("@given[tid] + 14", "uint16")} & 1) == 0) { ${line(
        "uring_pbuf",
        [
          number("fd", kept("fd")),
          address("addr", userWord("@given[tid]")),
          number("len", `16 * ${userWord("@given[tid] + 8", "uint32")}`),
          number("group", userWord("@given[tid] + 12", "uint16")),
        ],
      )} }`,
      `  if (@op[tid] == 23) { ${line("uring_pbuf_end", [
        number("fd", kept("fd")),
        number("group", userWord("@given[tid] + 12", "uint16")),
      ])} }`,
      `  if (@op[tid] == 30 || @op[tid] == 32 || @op[tid] == 34) { ${line("opaque", [
        number("fd", kept("fd")),
        ["what", "text", '"io_uring_register of another memory"'],
      ])} }`,
      "}",
    ].join("\n  "),
  },
];

const startsRead = (read: boolean, buffer: string, length: string) =>
  `@direct[tid] = 1; ${line("dio", [
    address("addr", buffer),
    number("len", length),
    ["read", "truth", read ? "1" : "0"],
  ])}`;

const transfers: readonly CallProbe[] = (
  [
    ["read", true, "args->buf", "args->count"],
    ["pread64", true, "args->buf", "args->count"],
    ["readv", true, userWord("(uint64)args->vec"), userWord("(uint64)args->vec + 8")],
    ["preadv", true, userWord("(uint64)args->vec"), userWord("(uint64)args->vec + 8")],
    ["preadv2", true, userWord("(uint64)args->vec"), userWord("(uint64)args->vec + 8")],
    ["write", false, "args->buf", "args->count"],
    ["pwrite64", false, "args->buf", "args->count"],
    ["writev", false, userWord("(uint64)args->vec"), userWord("(uint64)args->vec + 8")],
    ["pwritev", false, userWord("(uint64)args->vec"), userWord("(uint64)args->vec + 8")],
    ["pwritev2", false, userWord("(uint64)args->vec"), userWord("(uint64)args->vec + 8")],
  ] as const
).map(([call, read, buffer, length]) => ({
  call,
  enter: [
    openFlags("args->fd"),
    `if ($opened & ${directFlag}) { ${startsRead(read, `(uint64)${buffer}`, `(uint64)${length}`)} }`,
    read ? "@source[tid] = (uint64)args->fd;" : "",
  ].join(" "),
  leave: [
    `if (@direct[tid]) { @direct[tid] = 0; ${line("dio_end", [number("ret", "args->ret")])} }`,
    read
      ? `else if (@spliced[pid] && args->ret > 0) { ${line("pipe_read", [
          number("fd", kept("source")),
          number("len", "args->ret"),
        ])} }`
      : "",
  ].join(" "),
}));

const field = (offset: number, type?: string) => userWord(`$request + ${offset}`, type);
const batches: readonly CallProbe[] = [
  {
    call: "io_submit",
    enter: forEach(
      8,
      "(uint64)args->nr",
      [
        `$request = ${userWord("(uint64)args->iocbpp + 8 * $index")};`,
        `$kind = ${field(16, "uint16")};`,
        openFlags(`(uint64)${field(20, "uint32")}`),
        `$buffer = ${field(24)}; $length = ${field(32)};`,
        `if ($kind > 6) { $length = ${userWord("$buffer + 8")}; $buffer = ${userWord("$buffer")}; }`,
        `if (($opened & ${directFlag}) && ($kind < 2 || $kind == 7 || $kind == 8)) { ${line(
          "uring_sqe",
          [
            address("addr", "$buffer"),
            number("len", "$length"),
            ["read", "truth", "($kind == 0 || $kind == 7)"],
            ["direct", "truth", "1"],
            number("data", "$request"),
          ],
        )} }`,
      ].join(" "),
    ),
  },
  ...["io_getevents", "io_pgetevents"].map((call) => ({
    call,
    enter: keep("events"),
    leave: `if (args->ret > 0) { ${forEach(
      16,
      "(uint64)args->ret",
      line("uring_cqe", [number("data", userWord("@events[tid] + 32 * $index + 8"))]),
    )} }`,
  })),
  ...(["splice", "tee"] as const).map((call) => {
    const [from, to] = call === "splice" ? ["fd_in", "fd_out"] : ["fdin", "fdout"];
    return {
      call,
      enter: keep(from, to),
      leave: `if (args->ret > 0) { ${line("pipe_move", [
        number("fd", kept(from)),
        number("to", kept(to)),
        number("len", "args->ret"),
        ["copy", "truth", call === "tee" ? "1" : "0"],
      ])} }`,
    };
  }),
  ...(["sendmsg", "recvmsg"] as const).map((call) => ({
    call,
    enter: "@message[tid] = (uint64)args->msg;",
    leave: [
      `if (args->ret >= 0) { $control = ${userWord("@message[tid] + 32")};`,
      `  $size = ${userWord("@message[tid] + 40")};`,
      `  if ($size > 16 && ${userWord("$control + 8")} == 0x100000001) { ${line(
        call === "sendmsg" ? "fd_send" : "fd_receive",
        [number("fd", userWord("$control + 16", "int32"))],
      )} } }`,
    ].join("\n  "),
  })),
  { call: "io_destroy", leave: line("uring_drain", []) },
  {
    call: "vmsplice",
    enter: `${keep("fd")} @given[tid] = ${userWord("(uint64)args->uiov")};`,
    leave: `if (args->ret > 0) { @spliced[pid] = 1; ${line("vmsplice", [
      number("fd", kept("fd")),
      address("addr", kept("given")),
      number("len", "args->ret"),
    ])} }`,
  },
];

const attribute = (offset: number, type?: string) =>
  userWord(`$body + 24 + 16 * $index + ${offset}`, type);

/** RDMA by ioctl: a command's attributes hold the old command's number, its input and its answer. */
const verbs = [
  `if (@command[tid] == 0xc0181b01) { $body = @body[tid]; $kind = ${userWord("$body + 2", "uint16")};`,
  `  $method = ${userWord("$body + 4", "uint16")}; $old = (uint64)0; $input = (uint64)0; $output = (uint64)0;`,
  `  ${forEach(
    6,
    `(uint64)${userWord("$body + 6", "uint16")}`,
    [
      `$name = ${attribute(0, "uint16")};`,
      `if ($name == 0) { $input = ${attribute(8)}; }`,
      `if ($name == 1) { $output = ${attribute(8)}; }`,
      `if ($name == 2) { $old = ${attribute(8)}; }`,
    ].join(" "),
  )}`,
  `  if ($kind == 0 && $method == 0 && $old == 9) { ${line("reg_mr", [
    number("fd", kept("fd")),
    address("addr", userWord("$input + 8")),
    number("len", userWord("$input + 16")),
    number("access", userWord("$input + 36", "uint32")),
    number("handle", userWord("$output", "uint32")),
  ])} ${stack} }`,
  `  if ($kind == 0 && $method == 0 && $old == 13) { ${line("dereg_mr", [
    number("fd", kept("fd")),
    number("handle", userWord("$input", "uint32")),
  ])} }`,
  `  if ($kind == 7 && $method == 1) { ${line("dereg_mr", [
    number("fd", kept("fd")),
    number("handle", "(uint32)$input"),
  ])} } }`,
].join("\n  ");

const devices: readonly CallProbe[] = [
  {
    call: "setsockopt",
    enter: `${keep("fd", "level", "optname")} @given[tid] = (uint64)args->optval;`,
    leave: succeeded(
      `if (@level[tid] == 283 && @optname[tid] == 4) { ${line("xdp_umem", [
        number("fd", kept("fd")),
        address("addr", userWord("@given[tid]")),
        number("len", userWord("@given[tid] + 8")),
      ])} }`,
    ),
  },
  {
    call: "ioctl",
    enter:
      "@fd[tid] = (uint64)args->fd; @command[tid] = (uint64)args->cmd; @body[tid] = (uint64)args->arg;",
    leave: succeeded(
      `${verbs}\n  if (@command[tid] == 0x3b71) { ${line("vfio_map", [
        number("fd", kept("fd")),
        address("addr", userWord("@body[tid] + 8")),
        number("len", userWord("@body[tid] + 24")),
        ["write", "truth", `(${userWord("@body[tid] + 4", "uint32")} & 2)`],
      ])} }`,
    ),
  },
];

const births: readonly CallProbe[] = ["clone", "clone3", "fork", "vfork"].map((call) => ({
  call,
  enter: line("fork", [["call", "text", `"${call}"`]]),
  leave: `if (args->ret < 0) { ${line("fork_failed", [])} }`,
}));

export const callProbes: readonly CallProbe[] = [
  ...births,
  ...memory,
  ...descriptors,
  ...rings,
  ...batches,
  ...transfers,
  ...devices,
];
