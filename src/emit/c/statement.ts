/**
 * One statement of a test as lines of C. The C reads like the statement: `x = 1;` becomes
 * `store(page("x"), 1)`, `r0 = dma_read(h);` becomes `see("0:r0", ring_read(handle("h"), 0))`.
 */
import type { Actor, Argument, Call, HandleRef, Place, Statement } from "../../litmus/ast.ts";
import { type Context, calls, type Device, type Refusal } from "./context.ts";

/** Lines of C without indentation, and the pieces that they call. */
export interface Code {
  readonly lines: readonly string[];
  readonly uses: readonly string[];
}

type Translated = Code | Refusal;

/** Lines that only pass the turn: the statement orders others and does nothing itself. */
const nothingToDo: Code = { lines: [], uses: [] };

export function statementCode(statement: Statement, actor: Actor, context: Context): Translated {
  switch (statement.kind) {
    case "store": {
      const { place, value } = statement;
      const to = rangeCode(place);
      const { half } = place;
      if (half === undefined)
        return errorCode(`store(${to.text}, ${value})`, ["store", ...to.uses]);
      return errorCode(`store_half(${to.text}, ${halfName(half)}, ${value})`, [
        "store_half",
        ...to.uses,
      ]);
    }
    case "load":
      return loadCode(statement.register, statement.place, actor, context);
    case "mayFail":
      return { refusal: "allocation failure is for the model only" };
    case "call":
      return callCode(statement, actor, context);
  }
}

function loadCode(register: string, place: Place, actor: Actor, context: Context): Translated {
  const from = rangeCode(place);
  const code =
    place.half === undefined
      ? { text: `load(${from.text})`, uses: ["load", ...from.uses] }
      : {
          text: `load_half(${from.text}, ${halfName(place.half)})`,
          uses: ["load_half", ...from.uses],
        };
  return valueCode(code, registerName(actor, register), context);
}

/** `0:r0` for P0's r0, `P0.T1:r0` for its thread's. */
function registerName(actor: Actor, register: string): string {
  return `${/^P\d+$/.test(actor.name) ? actor.name.slice(1) : actor.name}:${register}`;
}

interface Expression {
  readonly text: string;
  readonly uses: readonly string[];
}

function valueCode(expression: Expression, name: string, context: Context): Code {
  if (!context.observed.includes(name)) {
    return { lines: [`${expression.text};`], uses: expression.uses };
  }
  return { lines: [`see("${name}", ${expression.text});`], uses: ["see", ...expression.uses] };
}

/** A call that returns 0 or an errno which no register takes. */
function errorCode(text: string, uses: readonly string[]): Code {
  return { lines: [`call(${text});`], uses: ["call", ...uses] };
}

/** A call that returns 0 or an errno, for the register that the statement assigns, if any. */
function resultCode(call: Call, actor: Actor, context: Context, expression: Expression): Code {
  const name = call.result === undefined ? undefined : registerName(actor, call.result);
  if (name === undefined || !context.observed.includes(name)) {
    return errorCode(expression.text, expression.uses);
  }
  return {
    lines: [`see("${name}", outcome(${expression.text}));`],
    uses: ["see", "outcome", ...expression.uses],
  };
}

function halfName(half: "lo" | "hi"): string {
  return half === "lo" ? "LOW" : "HIGH";
}

export function rangeCode(place: Pick<Place, "name" | "index">): Expression {
  return place.index === undefined
    ? { text: `page("${place.name}")`, uses: ["range"] }
    : { text: `part("${place.name}", ${place.index})`, uses: ["part"] };
}

/** Of a call on two pages. */
function secondRange(call: Call): Expression {
  const places = call.arguments.flatMap((one) => (one.kind === "place" ? [one.place] : []));
  return rangeCode(places[1]!);
}

function handleCode(handle: HandleRef): string {
  return `handle("${handle.name}")`;
}

function argumentOf<Kind extends Argument["kind"]>(
  call: Call,
  kind: Kind,
): Extract<Argument, { kind: Kind }> | undefined {
  return call.arguments.find((one): one is Extract<Argument, { kind: Kind }> => one.kind === kind);
}

function callCode(call: Call, actor: Actor, context: Context): Translated {
  const kernel = actor.role === "kernel" ? kernelCode(call) : undefined;
  if (kernel !== undefined) return kernel;
  const place = argumentOf(call, "place");
  if (place !== undefined) return pageCallCode(call, place.place, actor, context);
  const handle = argumentOf(call, "handle");
  if (handle !== undefined) return deviceCallCode(call, handle.handle, actor, context);
  const process = argumentOf(call, "process")?.process;
  const result = (text: string, uses: readonly string[]): Code =>
    resultCode(call, actor, context, { text, uses });
  switch (call.operation) {
    case "fork":
      return result(`fork_child("${process}")`, ["fork_child"]);
    case "vfork":
      return result(`vfork_child("${process}")`, ["vfork_child"]);
    case "wait":
      return result(`wait_for("${process}")`, ["wait_for"]);
    case "clear_refs":
      return result(`clear_refs("${process}")`, ["clear_refs"]);
    case "exit":
      return { lines: [`leave("${actor.process}");`], uses: ["leave"] };
    case "exec":
      return { lines: [`run_anew("${actor.name}");`], uses: ["run_anew"] };
    case "signal":
    case "await": {
      const event = argumentOf(call, "event")?.event ?? "";
      const name = call.operation === "signal" ? "post_event" : "await_event";
      return { lines: [`${name}("${event}");`], uses: [name] };
    }
    default:
      return { refusal: `${call.operation}() is not emitted yet` };
  }
}

const kernelActions: ReadonlyMap<string, string> = new Map([
  ["reclaim", "kernel_reclaim"],
  ["ksm", "kernel_ksm"],
  ["khugepaged", "kernel_khugepaged"],
  ["migrate", "kernel_migrate"],
  ["writeback", "kernel_writeback"],
  ["numa_hint", "kernel_numa_hint"],
]);

const unforced: ReadonlyMap<string, string> = new Map([
  ["speculative_ref", "nothing makes somebody take a reference for a moment"],
  ["lru_batch", "nothing keeps a page in a batch of its CPU"],
]);

/** What the kernel does by itself: the C names P0's pages. undefined: the call is no such thing. */
function kernelCode(call: Call): Translated | undefined {
  const why = unforced.get(call.operation);
  if (why !== undefined) return { refusal: why };
  const action = kernelActions.get(call.operation);
  if (action === undefined) return undefined;
  const words = call.arguments.flatMap((one) =>
    one.kind === "place" ? [`"${one.place.name}", ${one.place.index ?? 0}`] : [],
  );
  return { lines: [`${action}(${words.join(", ")});`], uses: [action] };
}

const adviceNames: ReadonlyMap<string, string> = new Map([
  ["DONTFORK", "MADV_DONTFORK"],
  ["DOFORK", "MADV_DOFORK"],
  ["WIPEONFORK", "MADV_WIPEONFORK"],
  ["DONTNEED", "MADV_DONTNEED"],
  ["FREE", "MADV_FREE"],
  ["COLLAPSE", "MADV_COLLAPSE"],
  ["MERGEABLE", "MADV_MERGEABLE"],
  ["POPULATE_READ", "MADV_POPULATE_READ"],
  ["POPULATE_WRITE", "MADV_POPULATE_WRITE"],
]);

function pageCallCode(call: Call, place: Place, actor: Actor, context: Context): Translated {
  const range = rangeCode(place);
  const value = argumentOf(call, "value")?.value ?? 0;
  const process = argumentOf(call, "process")?.process;
  const flags = argumentOf(call, "flags")?.flags ?? [];
  const result = (text: string, use: string): Code =>
    resultCode(call, actor, context, { text, uses: [use, ...range.uses] });
  switch (call.operation) {
    case "munmap":
      return result(`unmap(${range.text})`, "unmap");
    case "mprotect": {
      const words = flags.includes("RW") ? "PROT_READ | PROT_WRITE" : "PROT_READ";
      return result(`protect(${range.text}, ${words})`, "protect");
    }
    case "madvise": {
      if (flags[0] === "PAGEOUT") return result(`page_out(${range.text})`, "page_out");
      const advice = adviceNames.get(flags[0] ?? "");
      if (advice === undefined) return { refusal: `madvise(${flags[0]}) is not emitted yet` };
      return result(`advise(${range.text}, ${advice})`, "advise");
    }
    case "mremap":
      if (place.index !== undefined) return { refusal: "mremap() of a part is not emitted yet" };
      return result(`move("${place.name}")`, "move");
    case "mremap_dontunmap":
      return result(`move_out(${range.text}, ${secondRange(call).text})`, "move_out");
    case "uffd_wp":
      return result(`protect_by_uffd(${range.text})`, "protect_by_uffd");
    case "uffd_continue":
      return result(`continue_by_uffd(${range.text})`, "continue_by_uffd");
    case "uffd_move":
      return result(`move_by_uffd(${range.text}, ${secondRange(call).text})`, "move_by_uffd");
    case "proc_mem_write":
      if (place.half !== undefined)
        return { refusal: "a forced write of a half is not emitted yet" };
      return result(`force_write(${range.text}, ${value})`, "force_write");
    case "process_vm_writev":
      if (place.half !== undefined) {
        const words = `"${process}", "${place.name}", ${range.text}, ${halfName(place.half)}, ${value}`;
        return result(`write_half_to(${words})`, "write_half_to");
      }
      return result(`write_to("${process}", "${place.name}", ${range.text}, ${value})`, "write_to");
    default:
      return pinCode(call, range, context);
  }
}

/** A statement that makes a handle. `h.errno` is known from then on. */
function pinCode(call: Call, range: Expression, context: Context): Translated {
  const device = call.result === undefined ? undefined : context.devices.get(call.result);
  if (device === undefined) return { refusal: `${call.operation}() is not emitted yet` };
  if (context.leaveOutPins) {
    return errorCode(`not_made(handle("${call.result}"), 0)`, ["handles"]);
  }
  const arguments_ = `handle("${call.result}"), ${range.text}`;
  const code = kept(makingCode(device, call, arguments_, range), call, context);
  const errno = `${call.result}.errno`;
  if (!context.observed.includes(errno)) return code;
  return {
    lines: [...code.lines, `see("${errno}", errno_of(handle("${call.result}")));`],
    uses: [...code.uses, "see", "errno_of"],
  };
}

/** A pin's file is that of any driver: exec() does not close it, whatever stands for the driver here. */
function kept(code: Code, { operation, result }: Call, { test }: Context): Code {
  if (!["pin", "get"].includes(operation) || !calls(test, ["exec"])) return code;
  return {
    lines: [...code.lines, `keep_open(handle("${result}"));`],
    uses: [...code.uses, "keep_open"],
  };
}

function makingCode(device: Device, call: Call, arguments_: string, range: Expression): Code {
  switch (device) {
    case "ring":
      return errorCode(`pin_io_uring(${arguments_}, ${call.times})`, [
        "pin_io_uring",
        ...range.uses,
      ]);
    case "module":
      return errorCode(`module_pin(${arguments_}, ${moduleFlags(call)}, ${call.times})`, [
        "module_pin",
        ...range.uses,
      ]);
    case "pipe":
      return errorCode(`lend_to_pipe(${arguments_}, ${call.times})`, [
        "lend_to_pipe",
        ...range.uses,
      ]);
    case "read-only region":
      return errorCode(`reader_pin(${arguments_}, ${moduleFlags(call)}, ${call.times})`, [
        "reader_pin",
        ...range.uses,
      ]);
    case "umem":
      return errorCode(`register_umem(${arguments_})`, ["register_umem", ...range.uses]);
    case "direct read":
      return errorCode(`start_read(${arguments_})`, ["start_read", ...range.uses]);
    case "mapping": {
      const writes = argumentOf(call, "flags")?.flags.includes("WRITE") ?? false;
      return errorCode(`map_dma(${arguments_}, ${writes})`, ["map_dma", ...range.uses]);
    }
    case "region": {
      const writes = argumentOf(call, "flags")?.flags.includes("WRITE") ?? false;
      return errorCode(`register_memory(${arguments_}, ${writes})`, [
        "register_memory",
        ...range.uses,
      ]);
    }
  }
}

/** The flags of pin() or get() in the module's words. */
function moduleFlags(call: Call): string {
  const words = (argumentOf(call, "flags")?.flags ?? []).map((flag) => `PINFOLD_${flag}`);
  if (call.operation === "get") words.push("PINFOLD_GET");
  return words.join(" | ") || "0";
}

function deviceCallCode(call: Call, handle: HandleRef, actor: Actor, context: Context): Translated {
  const device = context.devices.get(handle.name);
  if (device === undefined) return { refusal: `${handle.name} is never made` };
  const family = device === "read-only region" ? "reader" : device;
  // A process acts at once, through whatever the handle is by then; a device waits for it.
  const waits = actor.role === "device";
  const target = `${waits ? "await_" : ""}${handleCode(handle)}, ${handle.index ?? 0}`;
  const waiting = waits ? ["await_handle"] : [];
  const value = argumentOf(call, "value")?.value ?? 0;
  if (device === "direct read") return readCode(call, target, waiting, value, context);
  switch (call.operation) {
    case "dma_write":
      if (context.leaveOutDeviceWrite) return nothingToDo;
      if (device === "pipe") return { refusal: "a pipe never writes to the pages it was lent" };
      if (device !== family)
        return { refusal: "a device does not write through a pin for reading" };
      return errorCode(`${family}_write(${target}, ${value})`, [`${family}_write`, ...waiting]);
    case "dma_read": {
      const name = call.result === undefined ? "" : registerName(actor, call.result);
      const expression = {
        text: `${family}_read(${target})`,
        uses: [`${family}_read`, ...waiting],
      };
      return valueCode(expression, name, context);
    }
    case "unpin":
      if (device === "umem") return { refusal: "a umem is given back by the last close only" };
      return resultCode(call, actor, context, {
        text: `${family}_unpin(${waits ? "await_" : ""}${handleCode(handle)})`,
        uses: [`${family}_unpin`, ...waiting],
      });
    default:
      return { refusal: `${call.operation}() is not emitted yet` };
  }
}

/** What can be done to a direct read: it ends. The red control ends it with an error. */
function readCode(
  call: Call,
  target: string,
  waiting: readonly string[],
  value: number,
  { leaveOutDeviceWrite }: Context,
): Translated {
  if (call.operation !== "complete") {
    return { refusal: `${call.operation}() of a direct read: complete() ends it` };
  }
  return leaveOutDeviceWrite
    ? errorCode(`end_read(${target}, NULL)`, ["end_read", ...waiting])
    : errorCode(`complete_read(${target}, ${value})`, ["end_read", ...waiting]);
}
