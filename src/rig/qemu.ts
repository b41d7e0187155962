/**
 * A guest under QEMU: one boot, its console read line by line, and a plain answer to how it ended.
 * Emulation (TCG) is the default; a machine's KVM is used only when asked for, since a device file
 * is no proof that guests run.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { findProgram } from "./commands.ts";
import { done, failed, type RigResult } from "./problem.ts";

/** off: powered off by init. no-boot: init never ran. */
export type BootEnd = "off" | "panic" | "hang" | "no-boot" | "interrupted";

export interface BootOptions {
  readonly qemu: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly memoryMb: number;
  readonly cpus: number;
  readonly accelerator: "tcg" | "kvm";
  /** The guest is killed after this long ... */
  readonly timeoutSeconds: number;
  /** ... or when its console was silent for this long. */
  readonly silenceSeconds: number;
  /** Disk images that the guest sees as /dev/vda, /dev/vdb ... */
  readonly disks?: readonly string[];
  /** A card behind an IOMMU; without it the machine boots faster. */
  readonly iommu?: boolean;
  /** Let the kernel say all it can, to learn why it does not boot. */
  readonly verbose?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onConsole?: ((line: string) => void) | undefined;
}

export interface BootResult {
  readonly end: BootEnd;
  /** Why, in words, when the end is not "off". */
  readonly why: string;
  readonly lines: readonly string[];
  readonly seconds: number;
}

const parameters = [
  "console=ttyS0",
  "panic=-1",
  "oops=panic",
  "nokaslr",
  "mitigations=off",
  "8250.nr_uarts=1",
  "cryptomgr.notests",
  "audit=0",
  "apparmor=0",
  "tsc=reliable",
  "no_timer_check",
  "nowatchdog",
];

/** A card whose DMA goes through the IOMMU, and no firmware for it to look for. */
const cardBehindIommu = [
  ...["-machine", "q35", "-device", "intel-iommu,intremap=off"],
  ...["-device", "e1000,romfile="],
];

/** A console that says more than this says nothing: some gigabytes would fill our own memory. */
const mostOutput = 64 << 20;

const longestLine = 1 << 16;

/** Why we killed a guest. */
export type KillReason = "time" | "silence" | "flood" | "interrupt";

/** QEMU's system emulator for x86-64. */
export function findQemu(): RigResult<string> {
  const path = findProgram("qemu-system-x86_64");
  if (path !== undefined) return done(path);
  return failed(
    "noQemu",
    "qemu-system-x86_64 is not installed.",
    "Install it: apt-get install qemu-system-x86",
  );
}

/** The command line of a boot. */
export function qemuWords(options: BootOptions): readonly string[] {
  const chatter = options.verbose === true ? "earlyprintk=ttyS0 loglevel=7" : "quiet";
  // With QEMU's default processor some kernels die of cmpxchg16b under emulation.
  const processor = options.accelerator === "kvm" ? "host" : "qemu64,-cx16";
  const disks = (options.disks ?? []).flatMap((path) => [
    "-drive",
    `file=${path},format=raw,if=virtio`,
  ]);
  const iommu = options.iommu === true;
  const words = [...parameters, ...(iommu ? ["intel_iommu=on"] : []), chatter];
  return [
    ...["-accel", options.accelerator, "-cpu", processor, ...(iommu ? cardBehindIommu : [])],
    ...["-m", String(options.memoryMb), "-smp", String(options.cpus)],
    ...["-nodefaults", "-nographic", "-no-reboot", "-serial", "stdio", "-monitor", "none"],
    ...["-kernel", options.kernel, "-initrd", options.initrd, ...disks],
    ...["-append", words.join(" ")],
  ];
}

/** Boots once and waits for the end. */
export function boot(options: BootOptions): Promise<BootResult> {
  const started = performance.now();
  const console = new ConsoleReader(options.onConsole);
  const child = startEmulator(options);
  const watch = watchOver(child, options);
  child.stdout.on("data", (chunk: Buffer) => {
    watch.heard(chunk.length);
    console.feed(chunk.toString("latin1"));
  });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint += chunk.toString("utf8");
  });
  return new Promise((resolve) => {
    const finish = (startError: string) => {
      watch.stop();
      console.flush();
      const lines = console.lines;
      // The terminal's interrupt also reaches QEMU, which may end before we are told of it.
      const killedFor = options.signal?.aborted ? "interrupt" : watch.killedFor();
      const { end, why } = classify(lines, killedFor, `${startError}${complaint}`.trim());
      resolve({ end, why, lines, seconds: (performance.now() - started) / 1000 });
    };
    child.on("error", (error) => finish(error.message));
    child.on("close", (_code, signal) => {
      const killed = signal !== null && watch.killedFor() === undefined;
      finish(killed ? `QEMU was killed by ${signal}` : "");
    });
  });
}

/** A guest must not outlive the program that started it, not even one that was killed outright. */
function startEmulator(options: BootOptions) {
  const words = qemuWords(options);
  const binder = findProgram("setpriv");
  const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];
  if (binder === undefined) return spawn(options.qemu, words, { stdio });
  return spawn(binder, ["--pdeathsig", "KILL", "--", options.qemu, ...words], { stdio });
}

/** How a guest ended, from what its console showed and from what we did to it. */
export function classify(
  lines: readonly string[],
  killedFor: KillReason | undefined,
  complaint = "",
): { readonly end: BootEnd; readonly why: string } {
  const has = (text: string) => lines.some((line) => line.includes(text));
  if (killedFor === "interrupt") return { end: "interrupted", why: "interrupted" };
  const up = has("=== pinfold up");
  if (has("=== pinfold off")) return { end: "off", why: "" };
  const panic = lines.find((line) => line.includes("Kernel panic"));
  if (!up) {
    const reason =
      panic ?? (complaint || (killedFor ? "no sign of life in time" : "it ended early"));
    return { end: "no-boot", why: withoutClock(reason) };
  }
  if (panic?.includes("panic_on_oom")) return { end: "panic", why: "the guest ran out of memory" };
  if (panic !== undefined) return { end: "panic", why: withoutClock(panic) };
  if (killedFor === "time") return { end: "hang", why: "the guest did not end in time" };
  if (killedFor === "flood") return { end: "hang", why: "the guest flooded its console" };
  if (killedFor === "silence") return { end: "hang", why: "the guest fell silent" };
  return { end: "panic", why: complaint || "the guest ended without a word" };
}

/** The console's last lines that say something, for a report of a failure. */
export function lastLines(lines: readonly string[], count = 12): readonly string[] {
  const said = lines.filter((line) => line.trim() !== "");
  // The stack of a panic would push its reason out.
  const reasons = said.filter((line) => /Kernel panic|BUG:|Oops|Out of memory/.test(line));
  const earlier = reasons.filter((line) => !said.slice(-count).includes(line)).slice(-3);
  return [...earlier, ...said.slice(earlier.length - count)];
}

function withoutClock(line: string): string {
  return line.replace(/^.*?\[\s*\d+\.\d+\]\s*/, "").trim();
}

interface Watch {
  heard(bytes: number): void;
  stop(): void;
  killedFor(): KillReason | undefined;
}

function watchOver(child: ChildProcess, options: BootOptions): Watch {
  let reason: KillReason | undefined;
  const kill = (why: KillReason) => {
    reason ??= why;
    child.kill("SIGKILL");
  };
  const interrupt = () => kill("interrupt");
  const whole = setTimeout(() => kill("time"), options.timeoutSeconds * 1000);
  const silence = () => setTimeout(() => kill("silence"), options.silenceSeconds * 1000);
  let quiet = silence();
  let total = 0;
  const orphan = () => child.kill("SIGKILL");
  process.once("exit", orphan);
  options.signal?.addEventListener("abort", interrupt, { once: true });
  if (options.signal?.aborted) interrupt();
  return {
    heard(bytes) {
      total += bytes;
      if (total > mostOutput) kill("flood");
      clearTimeout(quiet);
      quiet = silence();
    },
    stop() {
      clearTimeout(whole);
      clearTimeout(quiet);
      process.off("exit", orphan);
      options.signal?.removeEventListener("abort", interrupt);
    },
    killedFor: () => reason,
  };
}

/** Cuts the console's stream into lines and strips what firmware paints into the first of them. */
class ConsoleReader {
  readonly lines: string[] = [];
  #rest = "";
  readonly #onLine: ((line: string) => void) | undefined;

  constructor(onLine: ((line: string) => void) | undefined) {
    this.#onLine = onLine;
  }

  feed(text: string): void {
    const [first = "", ...others] = text.split("\n");
    // A line without end is cut, lest it be copied anew with every piece that arrives.
    if (this.#rest.length < longestLine) this.#rest += first;
    for (const other of others) {
      this.#take(this.#rest);
      this.#rest = other;
    }
  }

  flush(): void {
    if (this.#rest !== "") this.#take(this.#rest);
    this.#rest = "";
  }

  #take(line: string): void {
    const plain = cleanLine(line);
    this.lines.push(plain);
    this.#onLine?.(plain);
  }
}

/** A console line without escape codes, carriage returns and other control characters. */
export function cleanLine(line: string): string {
  const withoutEscapes = line.split("\u001b").map(afterEscape).join("");
  return [...withoutEscapes].filter((character) => character >= " " || character === "\t").join("");
}

/** What follows an escape code in a piece of text that began with the escape character. */
function afterEscape(piece: string, index: number): string {
  return index === 0 ? piece : piece.replace(/^(\[[0-9;?=]*[A-Za-z]|c)/, "");
}
