/**
 * What the running kernel offers a recorder: which tracepoints there are and which fields they and the
 * kernel's structures have, as `bpftrace -lv` lists them. Nothing is read from the kernel's version.
 */

export interface KernelLayout {
  /** System calls with tracepoints of entry and return. */
  readonly calls: ReadonlySet<string>;
  /** The tracepoint that sees an io_uring request on its way, where it hands the request over. */
  readonly submit: string | undefined;
  readonly complete: boolean;
  /** struct mm_struct has pinned_vm, the kernel's own count of pages pinned for long. */
  readonly pinnedVm: "atomic" | "plain" | undefined;
  /** struct io_kiocb and struct io_rw are known, so that a request's address can be read. */
  readonly requests: boolean;
  readonly cqe: boolean;
}

/** What to ask `bpftrace -lv` for, one question a time. */
export const layoutQuestions: readonly string[] = [
  "tracepoint:syscalls:sys_exit_*",
  "tracepoint:io_uring:*",
  "struct mm_struct",
  "struct io_kiocb",
  "struct io_rw",
];

/** Reads the answers, put together in any order. */
export function parseLayout(listing: string): KernelLayout {
  const calls = new Set(
    [...listing.matchAll(/^tracepoint:syscalls:sys_exit_(\w+)/gm)].map(
      (match) => match[1] as string,
    ),
  );
  const fieldsOf = (name: string): string =>
    new RegExp(`^${name}\\b.*\\n((?:[ \\t{].*\\n?)*)`, "m").exec(listing)?.[1] ?? "";
  const submit = ["io_uring_submit_req", "io_uring_submit_sqe"].find((name) =>
    /void \* ?req\b/.test(fieldsOf(`tracepoint:io_uring:${name}`)),
  );
  const complete = fieldsOf("tracepoint:io_uring:io_uring_complete");
  const memory = fieldsOf("struct mm_struct");
  const request = fieldsOf("struct io_kiocb");
  return {
    calls,
    submit,
    complete: /void \* ?req\b/.test(complete),
    pinnedVm: /atomic64_t pinned_vm;/.test(memory)
      ? "atomic"
      : /\bpinned_vm;/.test(memory)
        ? "plain"
        : undefined,
    requests: /\bfile;/.test(request) && /\baddr;/.test(fieldsOf("struct io_rw")),
    cqe: /\bcqe;/.test(request),
  };
}
