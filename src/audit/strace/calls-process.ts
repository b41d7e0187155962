/** Births, executions and ends: clone, clone3, fork, vfork, execve, exit, wait. */
import { environmentOf, protectionIn } from "../facts.ts";
import type { Call, CallRule, EventBody } from "./call.ts";
import { failed } from "./call.ts";
import { flags } from "./constants.ts";
import { field, splitBody } from "./split.ts";
import { flagsOf, numberOf, textOf } from "./value.ts";

/** `flags=...` of clone; in raw mode the first argument is the number itself. */
function cloneFlags(call: Call): number | undefined {
  if (call.name === "fork") return flags.SIGCHLD;
  if (call.name === "vfork") return flags.CLONE_VM + flags.CLONE_VFORK + flags.SIGCHLD;
  if (call.name === "clone3") return flagsOf(field(call.args[0] ?? "", "flags"));
  const named = call.args.find((arg) => arg.startsWith("flags="));
  if (named !== undefined) return flagsOf(named.slice("flags=".length));
  const first = call.args[0] ?? "";
  return first.includes("=") ? undefined : numberOf(first);
}

function setTid(call: Call): number | undefined {
  const list = field(call.args[0] ?? "", "set_tid");
  return list === undefined ? undefined : numberOf(splitBody(list)[0]);
}

function forkBegin(call: Call): EventBody {
  return { kind: "forkBegin", call: call.name, flags: cloneFlags(call), setTid: setTid(call) };
}

function forkEnd(call: Call): EventBody {
  const child = failed(call) ? undefined : call.returned?.value;
  return { kind: "forkEnd", call: call.name, flags: cloneFlags(call), child };
}

function exec(call: Call): EventBody | undefined {
  if (failed(call)) return undefined;
  const at = call.name === "execveat" ? 1 : 0;
  const environment = call.args[at + 2] ?? "";
  if (environment.startsWith("[")) call.context.environment();
  const protection = environment.includes("FORK") ? protectionOf(environment) : undefined;
  return { kind: "exec", file: textOf(call.args[at]), newTid: undefined, protection };
}

function protectionOf(printed: string): string | undefined {
  return protectionIn(
    environmentOf(
      splitBody(printed)
        .flatMap((one) => textOf(one) ?? [])
        .join("\n"),
    ),
  );
}

function exit(call: Call): EventBody {
  return { kind: "exit", group: call.name === "exit_group" };
}

const fork = { begin: forkBegin, end: forkEnd, stack: true } as const;

export const processCalls: readonly CallRule[] = [
  { name: "clone", ...fork },
  { name: "clone2", ...fork },
  { name: "clone3", ...fork },
  { name: "fork", ...fork },
  { name: "vfork", ...fork },
  { name: "execve", end: exec },
  { name: "execveat", end: exec },
  { name: "exit", begin: exit, end: () => undefined },
  { name: "exit_group", begin: exit, end: () => undefined },
  {
    name: "unshare",
    end: (call) =>
      failed(call) || ((flagsOf(call.args[0]) ?? 0) & flags.CLONE_FILES) === 0
        ? undefined
        : { kind: "unshareFiles" },
  },
];
