/** What else a fork brings to light: inherited rings, holes, guest memory, and what nobody saw. */

import { placeOf } from "../finding.ts";
import { overlaps } from "../state/ranges.ts";
import type { ForkRecord } from "../state/world.ts";
import { baseShape, forkFinding, type RuleContext } from "./context.ts";
import { childFate, formatRange, viewPin, viewProcess } from "./views.ts";

export function judgeRings(context: RuleContext, fork: ForkRecord): void {
  const mapped = fork.rings.filter((ring) => ring.mapped);
  if (mapped.length === 0 || childFate(fork) !== "lives") return;
  context.report(
    forkFinding(fork, {
      rule: "RING-INHERITED",
      severity: "info",
      confidence: "certain",
      message: `The child of this ${fork.call} lives on with ${mapped.length} io_uring ring(s) of its parent mapped.`,
    }),
  );
}

export function judgeHoles(context: RuleContext, fork: ForkRecord): void {
  if (childFate(fork) !== "lives") return;
  const unaligned = [...fork.pins.values()].find((pin) =>
    pin.registration.parts.some(
      (part) =>
        part.buffer.address !== undefined &&
        (part.buffer.address % 4096 !== 0 || (part.buffer.length ?? 0) % 4096 !== 0) &&
        pin.covered.some((range) => part.ranges.some((own) => overlaps(own, range))),
    ),
  );
  const hole = fork.holeRisk ?? unaligned?.covered[0];
  if (hole === undefined) return;
  context.report(
    forkFinding(fork, {
      rule: "DONTFORK-HOLE-RISK",
      severity: "low",
      confidence: "likely",
      pins: unaligned === undefined ? [] : [viewPin(unaligned)],
      message: `The child runs on without ${formatRange(hole)}, pages that hold more than the registered buffer.`,
    }),
  );
}

export function judgeMemorySlots(context: RuleContext, fork: ForkRecord): void {
  const slot = fork.memorySlots[0];
  if (slot === undefined) return;
  context.report(
    forkFinding(fork, {
      rule: "KVM-MEMSLOT",
      severity: "info",
      confidence: "certain",
      message: `Guest memory ${formatRange(slot.range)} is private and not advised at this ${fork.call}.`,
    }),
  );
}

/** What speaks for pins that nobody saw being kept out of the child. */
function guardsOf(fork: ForkRecord, protection: string | undefined): readonly string[] {
  const guards: string[] = [];
  if (fork.advisedRanges > 0) {
    guards.push(
      "MADV_DONTFORK ranges exist in this process; whether they cover what is pinned is not known.",
    );
  }
  if (protection !== undefined)
    guards.push(`${protection} is set: the library advises what it registers, if it starts early.`);
  return guards;
}

/** Device calls with unseen arguments: a possible pin, and a blind spot. */
export function judgeOpaque(context: RuleContext, fork: ForkRecord): void {
  const first = fork.opaque[0];
  if (first === undefined) return;
  const protection = fork.process.protection ?? context.protection;
  const guards = guardsOf(fork, protection);
  const place = placeOf(first.at);
  const pins = fork.opaque.map((use) => ({
    ...placeOf(use.at),
    kind: "opaque" as const,
    what: `${use.what} on ${use.file.path ?? use.file.kind}`,
    pid: fork.process.pid,
    bytes: 0,
    bareBytes: 0,
    bare: [],
    covered: [],
    stack: [],
  }));
  const finding = forkFinding(fork, {
    rule: "PIN-UNKNOWN",
    severity: guards.length > 0 ? "low" : "medium",
    confidence: "possible",
    pins,
    message: `${first.what} (line ${place.line}) may have pinned memory before this ${fork.call}; its arguments were not recorded.`,
    remarks: guards,
  });
  context.report(finding);
  if (protection !== undefined && first.file.kind === "uverbs") {
    context.report(
      forkFinding(fork, {
        rule: "DONTFORK-NEEDLESS",
        severity: "info",
        confidence: "likely",
        pins,
        message: `${protection} makes the library advise every region MADV_DONTFORK, which no target kernel needs.`,
        shape: { ...baseShape(fork), by: "rdma", advised: true },
      }),
    );
  }
  context.blind({
    kind: "device-ioctl",
    message: `${first.what} on ${first.file.path ?? first.file.kind}: strace prints only a pointer, a registration may be alive.`,
    advice:
      "Record with --record bpf (or log it as a pinlog): there the registration stands with its address.",
    process: finding.process,
    at: place,
    forks: 1,
  });
}

/** A closed ring unpins its buffers from a work queue. */
const lagUs = 1e6;

export function judgeBlindness(context: RuleContext, fork: ForkRecord): void {
  const process = viewProcess(fork.process);
  const at = placeOf(fork.begin);
  const spot = (kind: string, message: string, advice: string) =>
    context.blind({ kind, message, advice, process, at, forks: 1 });
  if (fork.flags === undefined) {
    spot(
      "clone-flags",
      `The flags of ${fork.call} were not printed: fork or spawn, nobody can say.`,
      "Record without -e raw=clone3.",
    );
  }
  if (fork.mm.late) {
    spot(
      "attached-late",
      "This process was attached while it ran: what it registered before is unknown.",
      "Start the program under the recorder, or add a snapshot of /proc/PID taken before attaching (--snapshot).",
    );
  }
  const busy = fork.rings.find((ring) => ring.inFlight > 0);
  if (busy !== undefined) {
    spot(
      "uring-requests",
      `${busy.inFlight} io_uring request(s) were submitted and not known to be reaped at this fork; strace shows neither their kind nor their memory.`,
      "Record with --record bpf (or log it as a pinlog): there each request stands with its address.",
    );
  }
  if (fork.rings.some((ring) => ring.sqpoll)) {
    spot(
      "uring-sqpoll",
      "The ring is polled by a kernel thread: requests are submitted without any system call.",
      "Record with --record bpf (or log it as a pinlog): there each request stands with its address.",
    );
  }
  const released = fork.mm.released;
  const lagging = released !== undefined && fork.begin.time - released.time < lagUs;
  if (fork.witness !== undefined && fork.witness > 0 && fork.pins.size === 0 && !lagging) {
    spot(
      "pins-unlisted",
      `The kernel counts ${fork.witness} pinned page(s) at this fork that the recording does not show.`,
      "Start the recorder before the program registers memory.",
    );
  }
  const leaked = fork.rings.find((ring) => ring.leaked);
  if (leaked !== undefined && fork.pins.size === 0) {
    spot(
      "descriptor-sent",
      "A ring's descriptor was sent over a socket: other holders may keep its pins alive.",
      "Record the receiving process too.",
    );
  }
}
