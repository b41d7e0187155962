/**
 * Processes come and go. Compare kernel/fork.c, kernel/exit.c:do_exit(), fs/exec.c:exec_mmap().
 * Not modelled: signals but the fatal fault, credentials, pids.
 */
import { type Path, until } from "../step/index.ts";
import { wake_up_new_task } from "./fork.ts";
import { close_handle, has_requests } from "./pin.ts";
import { actor, descriptor, event, GONE, handle, mm, process, register, system } from "./state.ts";
import { NO_REGISTER } from "./syscall.ts";
import { exit_mmap } from "./unmap.ts";

/** vfork: the child borrows the parent's mm; the parent sleeps until the child execs or exits. */
export function* vfork(p: number, child: number, into: number): Path {
  yield "share the mm with the child";
  mm.users[process.mm[p]]++;
  wake_up_new_task(p, child, process.mm[p]);
  yield "wait for the child to exec or exit";
  until(process.vfork_done[child]);
  if (into !== NO_REGISTER) register.value[into] = 0;
}

export function* exit(p: number): Path {
  yield* do_exit(p);
}

/** The mm goes first, then the files; then whoever waits is told. */
export function* do_exit(p: number): Path {
  yield "stop the other threads";
  for (let t = 0; t < system.actors[0]; t++) if (actor.process[t] === p) actor.halted[t] = 1;
  yield* mm_release(p);
  for (let h = 0; h < system.handles[0]; h++) {
    yield "next file";
    yield* close_if_open(p, h);
  }
  yield "exit_notify";
  process.state[p] = GONE;
}

/** Gives up the process's mm; a vfork parent may go on. */
export function* mm_release(p: number): Path {
  yield "mm_release";
  process.vfork_done[p] = 1;
  yield "mmput: drop a user of the mm";
  mm.users[process.mm[p]]--;
  if (mm.users[process.mm[p]] === 0) yield* exit_mmap(process.mm[p]);
}

/**
 * exec: what the process has in flight comes to its end first; then a fresh mm, and descriptors marked
 * close-on-exec are closed. exit() does not wait. Compare io_uring/io_uring.c:io_uring_cancel_generic().
 */
export function* exec(p: number): Path {
  yield "begin_new_exec";
  yield "io_uring_task_cancel: wait for requests in flight";
  until(!has_requests(p));
  yield* mm_release(p);
  yield "exec_mmap: a fresh mm";
  process.mm[p] = p;
  mm.users[p] = 1;
  for (let h = 0; h < system.handles[0]; h++) {
    yield "next file";
    if (handle.cloexec[h]) yield* close_if_open(p, h);
  }
}

export function* close_if_open(p: number, h: number): Path {
  if (descriptor.open[p * system.handles[0] + h])
    yield* close_handle(p, h, handle.first[h], handle.count[h]);
}

/** wait(P): until the process is gone, or was never born. */
export function* wait(child: number): Path {
  yield "wait for the child";
  until(process.state[child] >= GONE);
}

export function* signal(e: number): Path {
  yield "signal";
  event.signalled[e] = 1;
}

export function* await_event(e: number): Path {
  yield "await";
  until(event.signalled[e]);
}

/** `may fail alloc` before a statement, and its end after it. */
export function* may_fail_alloc(t: number, value: number): Path {
  yield "allocations may fail";
  actor.may_fail[t] = value;
}
