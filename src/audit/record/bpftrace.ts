/**
 * The BPF recorder: a bpftrace script of tracepoints only, written for the running kernel's layout,
 * which prints a pinlog. It sees what strace cannot: addresses of plain io_uring requests, of spliced
 * pages and of RDMA regions registered by ioctl, and how much the kernel itself counts as pinned.
 */
import { directFlag, line, openFlags, stack, userWord } from "./bpf-line.ts";
import { callProbes } from "./bpf-probes.ts";
import type { KernelLayout } from "./layout.ts";

const heard = "@tree[pid]";

function probe(name: string, condition: string, body: string): string {
  return `${name} /${condition}/ {\n  ${body}\n}\n`;
}

/** Births, executions, ends; a fork tells the kernel's own count of pinned pages. */
function lives({ pinnedVm }: KernelLayout): string {
  const count = pinnedVm === "atomic" ? "pinned_vm.counter" : "pinned_vm";
  const pinned = "$task = (struct task_struct *)curtask;";
  const known =
    pinnedVm === undefined ? [] : [["pinned_vm", "number", `$task->mm->${count}`] as const];
  const born = line("newtask", [
    ["child", "number", "args->pid"],
    ["flags", "number", "args->clone_flags"],
    ...known,
  ]);
  return [
    "BEGIN { @tree[cpid] = 1; }\n",
    probe(
      "tracepoint:task:task_newtask",
      heard,
      `${pinned} ${born} if ((args->clone_flags & 0x10000) == 0) { @tree[args->pid] = 1; ${stack} }`,
    ),
    // A number given anew to a process that is not ours.
    probe(
      "tracepoint:task:task_newtask",
      "!@tree[pid] && @tree[args->pid]",
      "delete(@tree[args->pid]);",
    ),
    probe(
      "tracepoint:sched:sched_process_exec",
      heard,
      line("exec", [["file", "text", "str(args->filename)"]], { pid: "pid", tid: "args->old_pid" }),
    ),
    probe("tracepoint:sched:sched_process_exit", heard, line("exit", [])),
  ].join("");
}

/**
 * Plain requests with their memory. The low bits of the kernel's own pointer name the request; the
 * kernel's polling thread speaks for the process.
 */
function requests({ submit, complete, requests: known, cqe }: KernelLayout): string {
  if (submit === undefined || !complete || !known || !cqe) return "";
  const name = "args->req & 0xffffffffffff";
  const told = line(
    "uring_sqe",
    [
      ["fd", "number", "$request->cqe.fd"],
      ["addr", "address", "$buffer"],
      ["len", "number", "$length"],
      ["read", "truth", "(args->opcode == 22 || args->opcode == 1)"],
      ["direct", "truth", `($opened & ${directFlag})`],
      ["data", "number", `((uint64)${name})`],
    ],
    { pid: "pid", tid: "pid" },
  );
  const body = [
    "$request = (struct io_kiocb *)args->req; $transfer = (struct io_rw *)args->req;",
    "$buffer = $transfer->addr; $length = (uint64)$transfer->len;",
    `if (args->opcode < 3) { $length = ${userWord("$buffer + 8")}; $buffer = ${userWord("$buffer")}; }`,
    openFlags("(uint64)$request->cqe.fd"),
    "@request[(uint64)args->req] = pid;",
    told,
  ].join("\n  ");
  const plain =
    "(args->opcode == 22 || args->opcode == 23 || args->opcode == 1 || args->opcode == 2)";
  const owner = "@request[(uint64)args->req]";
  return [
    probe(`tracepoint:io_uring:${submit}`, `${heard} && ${plain} && (args->flags & 1) == 0`, body),
    probe(
      "tracepoint:io_uring:io_uring_complete",
      owner,
      `${line("uring_cqe", [["data", "number", `((uint64)${name})`]], { pid: owner, tid: owner })} delete(${owner});`,
    ),
  ].join("");
}

/** The script for this kernel. Calls that it does not know are left out. */
export function bpftraceScript(layout: KernelLayout): string {
  const calls = callProbes.filter(({ call }) => layout.calls.has(call));
  return [
    lives(layout),
    requests(layout),
    ...calls.map(({ call, enter, leave }) =>
      [
        enter === undefined ? "" : probe(`tracepoint:syscalls:sys_enter_${call}`, heard, enter),
        leave === undefined ? "" : probe(`tracepoint:syscalls:sys_exit_${call}`, heard, leave),
      ].join(""),
    ),
    // What is left in the maps is nobody's business.
    `END { clear(@tree); ${mapsOf(calls.map(({ enter, leave }) => `${enter} ${leave}`).join(" "))} }\n`,
  ].join("\n");
}

function mapsOf(text: string): string {
  const names = new Set([...text.matchAll(/@(\w+)\[/g)].map((match) => match[1] as string));
  names.delete("tree");
  return [...names].map((name) => `clear(@${name});`).join(" ");
}

/** What such a recording does not show. */
export function unseenByBpf(layout: KernelLayout): readonly string[] {
  const seesRequests = requests(layout) !== "";
  return [
    ...(seesRequests
      ? ["io_uring requests on registered files"]
      : ["plain io_uring requests (this kernel's tracepoints do not hand them over)"]),
    "GPU registrations, and memory that RDMA providers pin for their own queues",
    "RDMA regions registered by write() or with a DMA-BUF",
    `the buffers of one io_uring registration beyond the first 16 (they are counted)`,
    ...(layout.pinnedVm === undefined ? ["how much the kernel counts as pinned"] : []),
  ];
}
