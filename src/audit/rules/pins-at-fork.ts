/** Long-term pins that a fork finds: PIN-FORK-PRIVATE, -PARTIAL, FORK-COPIES-PINS, and the cure. */
import type { Confidence, Shape } from "../finding.ts";
import { bytesOf } from "../state/ranges.ts";
import type { ForkRecord, PinSnapshot } from "../state/world.ts";
import { baseShape, forkFinding, type RuleContext } from "./context.ts";
import { childFate, formatRange, viewPin } from "./views.ts";

function isBare(pin: PinSnapshot): boolean {
  return pin.bare.length > 0 || pin.unseen === "private";
}

function isDoubtful(pin: PinSnapshot): boolean {
  const hidden = pin.unseen === "ambiguous" || (pin.unseen === "private" && pin.pointerOnly);
  return pin.registration.doubtful || pin.unrecorded || (pin.bare.length === 0 && hidden);
}

/** One unsure pin does not make a sure one unsure. */
function confidenceOf(pins: readonly PinSnapshot[]): Confidence {
  return pins.some((pin) => pin.bare.length > 0 && !pin.assumed) ? "certain" : "likely";
}

export function shapeOfPin(fork: ForkRecord, pin: PinSnapshot): Shape {
  const page = pin.hugetlb
    ? "hugetlb"
    : pin.hugeAdvice
      ? "thp"
      : pin.filePrivate
        ? "private file"
        : "anon";
  return {
    ...baseShape(fork),
    by: pin.registration.by,
    page,
    writable: pin.registration.writable,
    racing: pin.racing,
  };
}

function remarksOf(fork: ForkRecord, pins: readonly PinSnapshot[]): readonly string[] {
  const remarks: string[] = [];
  if (fork.threads === 1 && fork.waitedAtOnce) {
    remarks.push(
      "The parent has one thread and waits at once: it is exposed only by what it writes before the wait.",
    );
  }
  if (childFate(fork) === "execs")
    remarks.push("The child executes a program soon; posix_spawn or vfork would copy nothing.");
  if (pins.some((pin) => pin.assumed)) {
    remarks.push("Mappings were not recorded for all of it: private memory is assumed.");
  }
  if (pins.some((pin) => pin.unseen === "private")) {
    remarks.push(
      "The address of some registered memory was not printed; record with -v and without -e raw.",
    );
  }
  return remarks;
}

function missing(pins: readonly PinSnapshot[]): string {
  return pins
    .flatMap((pin) => pin.bare)
    .slice(0, 4)
    .map(
      (range) =>
        `madvise(0x${range.start.toString(16)}, ${range.end - range.start}, MADV_DONTFORK)`,
    )
    .join(", ");
}

function reportPrivate(context: RuleContext, fork: ForkRecord, pins: readonly PinSnapshot[]): void {
  const bytes = pins.reduce((sum, pin) => sum + viewPin(pin).bareBytes, 0);
  context.report(
    forkFinding(fork, {
      rule: "PIN-FORK-PRIVATE",
      severity: "high",
      confidence: confidenceOf(pins),
      hazardous: true,
      pins: pins.map(viewPin),
      message: `${fork.call} copies page tables while ${bytes} bytes of private memory are pinned and not advised MADV_DONTFORK.`,
      remarks: remarksOf(fork, pins),
      shape: shapeOfPin(fork, pins[0] as PinSnapshot),
    }),
  );
}

function reportPartial(context: RuleContext, fork: ForkRecord, pins: readonly PinSnapshot[]): void {
  const bare = pins.reduce((sum, pin) => sum + bytesOf(pin.bare), 0);
  context.report(
    forkFinding(fork, {
      rule: "PIN-FORK-PARTIAL",
      severity: "high",
      confidence: confidenceOf(pins),
      hazardous: true,
      pins: pins.map(viewPin),
      message: `${fork.call} finds pinned memory advised MADV_DONTFORK in part: ${bare} bytes are left out (${pins
        .flatMap((pin) => pin.bare)
        .slice(0, 4)
        .map(formatRange)
        .join(", ")}).`,
      remarks: [`What is missing: ${missing(pins)}.`, ...remarksOf(fork, pins)],
      shape: shapeOfPin(fork, pins[0] as PinSnapshot),
    }),
  );
}

function reportCopies(context: RuleContext, fork: ForkRecord, pins: readonly PinSnapshot[]): void {
  const bytes = pins.reduce((sum, pin) => sum + bytesOf(pin.bare), 0);
  if (bytes < context.copyThreshold) return;
  context.report(
    forkFinding(fork, {
      rule: "FORK-COPIES-PINS",
      severity: "medium",
      confidence: "certain",
      pins: pins.map(viewPin),
      message: `On kernels that keep pins safe, this ${fork.call} copies ${bytes} bytes at once: about ${Math.round(bytes / 1.1e6)} ms and as much memory again.`,
    }),
  );
}

/** Doubt is reported as such and leaves the fork unjudged. */
function reportDoubt(context: RuleContext, fork: ForkRecord, pins: readonly PinSnapshot[]): void {
  const pin = pins[0] as PinSnapshot;
  const finding = forkFinding(fork, {
    rule: "PIN-FORK-PRIVATE",
    severity: "medium",
    confidence: "possible",
    pins: pins.map(viewPin),
    message:
      "Registered memory whose address or life the trace does not show may be private at this fork.",
    shape: shapeOfPin(fork, pin),
  });
  context.report(finding);
  context.blind({
    kind: "unseen-address",
    message:
      "The address of registered memory was not printed, and both private and protected mappings could hold it.",
    advice: "Record with strace -v -s 256 and without -e raw.",
    process: finding.process,
    at: finding.at,
    forks: 1,
  });
}

/** The cure on trial: would these kernels lose anything without the advice? */
function reportCovered(context: RuleContext, fork: ForkRecord, pins: readonly PinSnapshot[]): void {
  context.report(
    forkFinding(fork, {
      rule: "DONTFORK-NEEDLESS",
      severity: "info",
      confidence: "likely",
      pins: pins.map(viewPin),
      message: `All pinned memory is advised MADV_DONTFORK (${fork.advisedRanges} ranges), which no target kernel needs.`,
      shape: { ...shapeOfPin(fork, pins[0] as PinSnapshot), advised: true },
    }),
  );
}

export function judgePins(context: RuleContext, fork: ForkRecord): void {
  const pins = [...fork.pins.values()];
  const sure = pins.filter((pin) => isBare(pin) && !isDoubtful(pin));
  const doubtful = pins.filter(
    (pin) => isDoubtful(pin) && (isBare(pin) || pin.unseen === "ambiguous"),
  );
  const partial = sure.filter((pin) => pin.covered.length > 0 || pin.unseen === "covered");
  const whole = sure.filter((pin) => !partial.includes(pin));
  if (fork.flags === undefined) {
    if (pins.length > 0) reportUnknownFlags(context, fork, pins);
    return;
  }
  if (whole.length > 0) reportPrivate(context, fork, whole);
  if (partial.length > 0) reportPartial(context, fork, partial);
  if (sure.length > 0) reportCopies(context, fork, sure);
  else if (doubtful.length > 0) reportDoubt(context, fork, doubtful);
  const covered = pins.filter((pin) => pin.covered.length > 0 && pin.bare.length === 0);
  if (covered.length > 0 && sure.length === 0) reportCovered(context, fork, covered);
}

function reportUnknownFlags(
  context: RuleContext,
  fork: ForkRecord,
  pins: readonly PinSnapshot[],
): void {
  const finding = forkFinding(fork, {
    rule: "PIN-FORK-PRIVATE",
    severity: "medium",
    confidence: "possible",
    pins: pins.map(viewPin),
    message: `The flags of ${fork.call} were not printed: it may be a fork or a spawn.`,
    shape: shapeOfPin(fork, pins[0] as PinSnapshot),
  });
  context.report(finding);
}
