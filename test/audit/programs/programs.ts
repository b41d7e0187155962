/** What an auditor must say of each program of pins.c and pins.py: hazardous forks, all forks, rules. */

export interface Expected {
  readonly name: string;
  readonly hazardous: number;
  readonly total: number;
  readonly rules?: readonly string[];
  /** Timing or the machine decides how many: only more than none. */
  readonly some?: boolean;
}

const priv = ["PIN-FORK-PRIVATE"];
const partial = ["PIN-FORK-PARTIAL"];

export const cPrograms: readonly Expected[] = [
  { name: "plain", hazardous: 0, total: 1 },
  { name: "uring_fork", hazardous: 1, total: 1, rules: priv },
  { name: "uring_unregister", hazardous: 0, total: 1 },
  { name: "uring_vfork", hazardous: 0, total: 0 },
  { name: "uring_vfork_closes", hazardous: 1, total: 1, rules: priv },
  { name: "uring_spawn", hazardous: 0, total: 0 },
  { name: "uring_system", hazardous: 0, total: 0 },
  { name: "uring_close", hazardous: 0, total: 1 },
  { name: "uring_close_range", hazardous: 0, total: 1 },
  { name: "uring_close_range_cloexec", hazardous: 1, total: 1, rules: priv },
  { name: "uring_dup", hazardous: 1, total: 1, rules: priv },
  { name: "uring_dup_over", hazardous: 0, total: 1 },
  { name: "uring_mapped", hazardous: 1, total: 1, rules: priv },
  { name: "uring_shared", hazardous: 0, total: 1 },
  { name: "uring_memfd", hazardous: 0, total: 1 },
  { name: "uring_stack", hazardous: 1, total: 1, rules: priv },
  { name: "uring_heap", hazardous: 1, total: 1, rules: priv },
  { name: "uring_image", hazardous: 1, total: 1, rules: priv },
  { name: "uring_failed", hazardous: 0, total: 1 },
  { name: "uring_update_slot", hazardous: 1, total: 1, rules: priv },
  { name: "uring_update_clear", hazardous: 0, total: 1 },
  { name: "uring_update_moves", hazardous: 0, total: 1 },
  { name: "uring_files_child", hazardous: 1, total: 2, rules: priv },
  { name: "uring_exec_again", hazardous: 0, total: 1 },
  { name: "uring_grandchild", hazardous: 1, total: 2, rules: priv },
  { name: "uring_child_pins", hazardous: 1, total: 3, rules: priv },
  { name: "uring_thread_forks", hazardous: 1, total: 1, rules: priv },
  { name: "uring_threads_only", hazardous: 0, total: 0 },
  { name: "uring_unmapped", hazardous: 0, total: 1 },
  { name: "uring_many_forks", hazardous: 3, total: 3, rules: priv },
  { name: "uring_provided", hazardous: 1, total: 1, rules: priv },
  { name: "uring_break", hazardous: 1, total: 2, rules: priv },
  { name: "uring_thread_executes", hazardous: 0, total: 1 },
  { name: "uring_slot", hazardous: 1, total: 1, rules: priv },
  { name: "uring_unshare", hazardous: 0, total: 1 },
  { name: "uring_tree", hazardous: 3, total: 7, rules: priv },
  { name: "advised", hazardous: 0, total: 1 },
  { name: "advised_half", hazardous: 1, total: 1, rules: partial },
  { name: "advised_after", hazardous: 0, total: 1 },
  { name: "advised_undone", hazardous: 1, total: 1, rules: priv },
  { name: "advised_undone_half", hazardous: 1, total: 1, rules: partial },
  { name: "advised_unmapped", hazardous: 1, total: 1, rules: priv },
  { name: "advised_mapped_over", hazardous: 1, total: 1, rules: partial },
  { name: "advised_refused", hazardous: 1, total: 1, rules: priv },
  { name: "advised_inside", hazardous: 1, total: 1, rules: partial },
  { name: "advised_unaligned", hazardous: 0, total: 1 },
  { name: "advised_wipe", hazardous: 0, total: 1 },
  { name: "moved_bare", hazardous: 1, total: 1, rules: priv },
  { name: "moved_advised", hazardous: 0, total: 1 },
  { name: "moved_keeps_advice", hazardous: 0, total: 1 },
  { name: "direct_private", hazardous: 1, total: 20, rules: ["DIO-FORK-RACE"], some: true },
  { name: "direct_shared", hazardous: 0, total: 20 },
  { name: "direct_done", hazardous: 0, total: 1 },
  { name: "aio_flying", hazardous: 1, total: 1, rules: ["DIO-FORK-RACE"] },
  { name: "aio_reaped", hazardous: 0, total: 1 },
  { name: "splice_full", hazardous: 1, total: 1, rules: ["VMSPLICE-FORK"] },
  { name: "splice_drained", hazardous: 0, total: 1 },
];

/** As CPython 3.10 and later start processes on Linux. */
export const pythonPrograms: readonly Expected[] = [
  { name: "run", hazardous: 0, total: 0 },
  { name: "run_preexec", hazardous: 1, total: 1, rules: priv },
  { name: "run_shell", hazardous: 0, total: 0 },
  { name: "system", hazardous: 0, total: 0 },
  { name: "popen", hazardous: 0, total: 0 },
  { name: "spawn_posix", hazardous: 0, total: 0 },
  { name: "os_fork", hazardous: 1, total: 1, rules: priv },
  { name: "process_fork", hazardous: 1, total: 1, rules: priv },
  { name: "process_spawn", hazardous: 0, total: 0 },
  { name: "process_forkserver", hazardous: 0, total: 1 },
  { name: "pool_fork", hazardous: 2, total: 2, rules: priv },
  { name: "shared_fork", hazardous: 0, total: 1 },
  { name: "advised_fork", hazardous: 0, total: 1 },
  { name: "unpinned_fork", hazardous: 0, total: 1 },
];
