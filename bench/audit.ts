/**
 * npm run bench -- audit [--megabytes N] [--json]: how fast a log is read, and how much memory that
 * takes. The log is what a busy server under strace writes: traffic of many threads, and now and then
 * a helper that starts, maps, registers a buffer, forks and ends, with pids that come round again.
 */
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { auditTrace } from "../src/audit/audit.ts";
import { readPieces } from "../src/cli/audit/inputs.ts";
import type { Options } from "./options.ts";

const server = 100;
const threads = 8;
const pidsUsed = 30_000;

class LogWriter {
  readonly #descriptor: number;
  #lines: string[] = [];
  #clock = 1_795_374_950_000_000;
  bytes = 0;

  constructor(path: string) {
    this.#descriptor = openSync(path, "w");
  }

  line(pid: number, text: string, cost = 12): void {
    this.#clock += cost + 20;
    const seconds = (this.#clock / 1e6).toFixed(6);
    const line = `${String(pid).padEnd(5)} ${seconds} ${text} <0.${String(cost).padStart(6, "0")}>\n`;
    this.#lines.push(line);
    this.bytes += line.length;
    if (this.#lines.length > 4000) this.#flush();
  }

  #flush(): void {
    writeSync(this.#descriptor, this.#lines.join(""), undefined, "latin1");
    this.#lines = [];
  }

  close(): void {
    this.#flush();
    closeSync(this.#descriptor);
  }
}

const clone = "clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD";

function start(log: LogWriter): void {
  log.line(server, 'execve("/usr/bin/server", ["server"], 0x7ffe00000000 /* 30 vars */) = 0', 300);
  log.line(server, "brk(NULL)                         = 0x55aa0d24e000");
  for (let thread = 1; thread < threads; thread++) {
    const flags =
      "CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM|CLONE_SETTLS";
    log.line(server, `clone3({flags=${flags}, exit_signal=0}, 88) = ${server + thread}`, 80);
  }
}

/** Requests come and go: nothing here decides anything, and most of a log is like it. */
function traffic(log: LogWriter, round: number): void {
  for (let index = 0; index < 900; index++) {
    const pid = server + ((round + index) % threads);
    const socket = 20 + (index % 400);
    const name = `"HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\nContent-Length: 48"...`;
    switch (index % 9) {
      case 0:
        log.line(
          pid,
          `epoll_wait(7<anon_inode:[eventpoll]>, [{events=EPOLLIN, data={u32=${socket}, u64=${socket}}}], 512, -1) = 1`,
          190,
        );
        break;
      case 1:
        log.line(
          pid,
          `read(${socket}<socket:[${index}]>, "GET /index.html HTTP/1.1\\r\\nHost: "..., 8192) = 512`,
        );
        break;
      case 2:
        log.line(
          pid,
          `openat(AT_FDCWD</srv>, "/srv/www/index.html", O_RDONLY|O_CLOEXEC) = 11</srv/www/index.html>`,
        );
        break;
      case 3:
        log.line(
          pid,
          `mmap(NULL, 48231, PROT_READ, MAP_PRIVATE, 11</srv/www/index.html>, 0) = 0x7f1122000000`,
        );
        break;
      case 4:
        log.line(pid, "close(11</srv/www/index.html>) = 0");
        break;
      case 5:
        log.line(
          pid,
          `writev(${socket}<socket:[${index}]>, [{iov_base=${name}, iov_len=180}, {iov_base="<html>"..., iov_len=48231}], 2) = 48411`,
        );
        break;
      case 6:
        log.line(pid, "munmap(0x7f1122000000, 48231) = 0");
        break;
      case 7:
        log.line(
          pid,
          "futex(0x55aa0d250a40, FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME, 0, NULL, FUTEX_BITSET_MATCH_ANY) = 0",
          900,
        );
        break;
      default:
        log.line(pid, "clock_gettime(CLOCK_MONOTONIC, {tv_sec=81234, tv_nsec=123456789}) = 0");
    }
  }
}

/** A helper starts, pins 64 KiB, forks once with the pin and once without, and ends. */
function helper(log: LogWriter, round: number): void {
  const pid = 1000 + ((2 * round) % pidsUsed);
  const child = pid + 1;
  log.line(server, `vfork() = ${pid}`, 200);
  log.line(pid, 'execve("/usr/bin/helper", ["helper"], 0x7ffe00000000 /* 30 vars */) = 0', 300);
  for (let index = 0; index < 30; index++) {
    const at = `0x7f${(0x3300000000 + index * 0x200000).toString(16)}`;
    log.line(
      pid,
      `mmap(NULL, 1976912, PROT_READ, MAP_PRIVATE|MAP_DENYWRITE, 3</usr/lib/libc.so.6>, 0) = ${at}`,
    );
  }
  log.line(
    pid,
    "mmap(NULL, 65536, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f4400000000",
  );
  log.line(
    pid,
    "io_uring_setup(8, {flags=0, sq_entries=8, cq_entries=16}) = 3<anon_inode:[io_uring]>",
    40,
  );
  log.line(
    pid,
    "io_uring_register(3<anon_inode:[io_uring]>, IORING_REGISTER_BUFFERS, [{iov_base=0x7f4400000000, iov_len=65536}], 1) = 0",
    30,
  );
  for (const pinned of [true, false]) {
    log.line(pid, `${clone}, child_tidptr=0x7f0000000a10) = ${child}`, 90);
    log.line(child, "exit_group(0) = ?");
    log.line(pid, `wait4(${child}, NULL, 0, NULL) = ${child}`, 200);
    if (pinned) log.line(pid, "close(3<anon_inode:[io_uring]>) = 0", 400);
  }
  log.line(pid, "exit_group(0) = ?");
}

/** Writes a log and returns how many of its forks find a pin. */
function writeLog(path: string, bytes: number): number {
  const log = new LogWriter(path);
  start(log);
  let rounds = 0;
  for (; log.bytes < bytes; rounds++) {
    traffic(log, rounds);
    helper(log, rounds);
  }
  log.close();
  return rounds;
}

export const auditOptions = { megabytes: "number", json: "flag" } as const;

export function benchAudit(options: Options): void {
  const folder = mkdtempSync(join(tmpdir(), "pinfold-bench-"));
  const path = join(folder, "log.strace");
  const hazards = writeLog(path, options.number("megabytes", 200) * 1e6);
  const size = statSync(path).size;
  const before = process.memoryUsage().rss;
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const { forks } = auditTrace([{ name: path, chunks: readPieces(path) }]);
  const used = process.cpuUsage(cpu);
  rmSync(folder, { recursive: true });
  if (forks.hazardous !== hazards || forks.total !== 2 * hazards) {
    throw new Error(`expected ${hazards} of ${2 * hazards} forks, got ${JSON.stringify(forks)}`);
  }
  const result = {
    megabytes: round(size / 1e6),
    seconds: round((performance.now() - begun) / 1000),
    cpuSeconds: round((used.user + used.system) / 1e6),
    megabytesPerCpuSecond: round(size / (used.user + used.system)),
    rssMb: round(process.resourceUsage().maxRSS / 1024),
    rssBeforeMb: round(before / 1e6),
    forks: forks.total,
    hazardous: forks.hazardous,
  };
  if (options.flag("json")) console.log(JSON.stringify(result));
  else for (const [name, value] of Object.entries(result)) console.log(`${name}: ${value}`);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
