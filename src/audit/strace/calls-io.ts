/** Data on its way: read and write families, libaio, vmsplice and splice, process_vm_*. */
import type { AioRequest, Buffer, DescriptorRef } from "../event.ts";
import type { Call, CallRule, EventBody } from "./call.ts";
import { failed } from "./call.ts";
import { verbsWrite } from "./calls-devices.ts";
import { vectorsOf } from "./calls-rings.ts";
import { field, splitBody } from "./split.ts";
import { descriptorOf, numberOf } from "./value.ts";

const readers = new Set(["read", "pread64", "readv", "preadv", "preadv2"]);

/** The memory a read or write names: an address under raw print, else only a size. */
function transferBuffers(call: Call): readonly Buffer[] {
  const second = call.args[1];
  if (call.name.includes("v")) {
    if (second?.startsWith("[")) {
      return vectorsOf(second, undefined).buffers.map((b) => ({
        address: undefined,
        length: b.length,
      }));
    }
    return [{ address: undefined, length: undefined }];
  }
  const raw = second?.startsWith("0x") && call.args[0]?.startsWith("0x");
  return [{ address: raw ? numberOf(second) : undefined, length: numberOf(call.args[2]) }];
}

function transferBegin(call: Call): EventBody | undefined {
  const descriptor = descriptorOf(call.args[0]);
  if (descriptor === undefined) return undefined;
  const read = readers.has(call.name);
  return {
    kind: "transferBegin",
    call: call.name,
    descriptor,
    read,
    buffers: transferBuffers(call),
  };
}

function transferEnd(call: Call): EventBody | undefined {
  const descriptor = descriptorOf(call.args[0]);
  if (descriptor === undefined) return undefined;
  if (call.name === "write" && call.context.fileKind(descriptor) === "uverbs") {
    return verbsWrite(call, descriptor);
  }
  const read = readers.has(call.name);
  return {
    kind: "transferEnd",
    call: call.name,
    descriptor,
    read,
    buffers: transferBuffers(call),
    result: call.returned?.value,
  };
}

const lioReads = new Set(["IOCB_CMD_PREAD", "0", "IOCB_CMD_PREADV", "7"]);
const lioWrites = new Set(["IOCB_CMD_PWRITE", "1", "IOCB_CMD_PWRITEV", "8"]);

function request(text: string): AioRequest | undefined {
  const descriptor = descriptorOf(field(text, "aio_fildes"));
  if (descriptor === undefined) return undefined;
  const opcode = (field(text, "aio_lio_opcode") ?? "").split(" ")[0] ?? "";
  const buffer = field(text, "aio_buf") ?? "";
  const length = numberOf(field(text, "aio_nbytes"));
  const buffers = buffer.startsWith("[")
    ? vectorsOf(buffer, undefined).buffers
    : [{ address: buffer.startsWith("0x") ? numberOf(buffer) : undefined, length }];
  return {
    descriptor,
    read: lioReads.has(opcode),
    write: lioWrites.has(opcode),
    data: numberOf(field(text, "aio_data")) ?? 0,
    buffers,
  };
}

const unseenRequest: AioRequest = {
  descriptor: { number: -1, path: undefined } satisfies DescriptorRef,
  read: false,
  write: false,
  data: 0,
  buffers: [],
};

function submit(call: Call): EventBody | undefined {
  const context = numberOf(call.args[0]);
  const taken = call.returned?.value;
  if (failed(call) || context === undefined || taken === undefined) return undefined;
  const seen = splitBody(call.args[2] ?? "").flatMap((text) => request(text) ?? []);
  const requests = Array.from(
    { length: Math.min(taken, 4096) },
    (_, index) => seen[index] ?? unseenRequest,
  );
  return { kind: "submit", context, requests };
}

function reap(call: Call): EventBody | undefined {
  const context = numberOf(call.args[0]);
  const count = call.returned?.value;
  if (failed(call) || context === undefined || count === undefined || count === 0) return undefined;
  const data = splitBody(call.args[3] ?? "").flatMap((text) => numberOf(field(text, "data")) ?? []);
  return { kind: "reap", context, data, count };
}

function destroy(call: Call): EventBody | undefined {
  const context = numberOf(call.args[0]);
  return failed(call) || context === undefined ? undefined : { kind: "destroyContext", context };
}

function vmsplice(call: Call): EventBody | undefined {
  const descriptor = descriptorOf(call.args[0]);
  const bytes = call.returned?.value;
  if (failed(call) || descriptor === undefined || bytes === undefined) return undefined;
  const { buffers } = vectorsOf(call.args[1], undefined);
  return { kind: "splicePages", descriptor, bytes, buffers };
}

function movePipe(call: Call): EventBody | undefined {
  const from = descriptorOf(call.args[0]);
  const to = descriptorOf(call.name === "splice" ? call.args[2] : call.args[1]);
  const bytes = call.returned?.value;
  if (failed(call) || from === undefined || to === undefined || bytes === undefined)
    return undefined;
  return { kind: "movePipe", from, to, bytes, copy: call.name === "tee" };
}

function remoteBegin(call: Call): EventBody | undefined {
  const target = numberOf(call.args[0]);
  if (target === undefined) return undefined;
  return { kind: "remoteBegin", target, write: call.name === "process_vm_writev" };
}

function remoteEnd(call: Call): EventBody | undefined {
  const body = remoteBegin(call);
  return body?.kind === "remoteBegin" ? { ...body, kind: "remoteEnd" } : undefined;
}

const transfer = { begin: transferBegin, end: transferEnd, gated: true } as const;
const remote = { begin: remoteBegin, end: remoteEnd } as const;

export const ioCalls: readonly CallRule[] = [
  ...["read", "pread64", "readv", "preadv", "preadv2"].map((name) => ({ name, ...transfer })),
  ...["write", "pwrite64", "writev", "pwritev", "pwritev2"].map((name) => ({ name, ...transfer })),
  { name: "io_submit", end: submit, stack: true },
  { name: "io_getevents", end: reap, timed: true },
  { name: "io_pgetevents", end: reap, timed: true },
  { name: "io_destroy", end: destroy, timed: true },
  { name: "vmsplice", end: vmsplice, stack: true },
  { name: "splice", end: movePipe, timed: true },
  { name: "tee", end: movePipe, timed: true },
  { name: "process_vm_readv", ...remote },
  { name: "process_vm_writev", ...remote },
];
