/** Statements of a bpftrace script that print one line of a pinlog each. */

/** A field of the event: its name and what it is, as bpftrace would print it. */
export type Field = readonly [
  name: string,
  kind: "number" | "address" | "truth" | "text",
  value: string,
];

const formats: Readonly<Record<Field[1], string>> = {
  number: "%lld",
  address: '\\"0x%llx\\"',
  truth: "%s",
  text: '\\"%s\\"',
};

/** Who did it; a kernel thread that works for a process speaks in the process's name. */
export interface Who {
  readonly pid: string;
  readonly tid: string;
}
const self: Who = { pid: "pid", tid: "tid" };

export function line(event: string, fields: readonly Field[], who: Who = self): string {
  const words = fields.map(([name, kind]) => `,\\"${name}\\":${formats[kind]}`).join("");
  const values = fields.map(([, kind, value]) =>
    kind === "truth"
      ? `${value} ? "true" : "false"`
      : kind === "number"
        ? `(int64)${value}`
        : value,
  );
  const head = '{\\"t\\":%llu,\\"pid\\":%d,\\"tid\\":%d,\\"ev\\":';
  const given = ["nsecs", who.pid, who.tid, ...values].join(", ");
  return `printf("${head}\\"${event}\\"${words}}\\n", ${given});`;
}

/** Frames of the event before, where the program keeps frame pointers. */
export const stack = 'printf("stk>\\n%s\\nstk<\\n", ustack(perf, 16));';

/** A word of the program's memory. */
export function userWord(address: string, type = "uint64"): string {
  return `*(uptr((${type} *)(${address})))`;
}

/** The open flags of a descriptor, in $opened. */
export function openFlags(descriptor: string): string {
  return [
    "$task = (struct task_struct *)curtask;",
    "$table = $task->files->fdt->fd;",
    `$file = (struct file *)*(kptr((uint64 *)$table) + ${descriptor});`,
    "$opened = $file->f_flags;",
  ].join(" ");
}

export const directFlag = "0x4000";

/** The same statements for the first `most` elements, while $index is below `count`. */
export function forEach(most: number, count: string, body: string): string {
  return `$index = (uint64)0; unroll(${most}) { if ($index < ${count}) { ${body} } $index = $index + 1; }`;
}
