/** The rules by name: what each means, whom it hits, and what to do. `audit explain` prints it. */

export interface RuleText {
  readonly id: RuleId;
  readonly title: string;
  readonly condition: string;
  readonly effect: string;
  readonly affected: string;
  readonly advice: string;
}

export const ruleIds = [
  "PIN-FORK-PRIVATE",
  "PIN-FORK-PARTIAL",
  "FORK-COPIES-PINS",
  "DIO-FORK-RACE",
  "DIO-WRITE-FORK",
  "PIN-AFTER-FORK-RO",
  "VMSPLICE-FORK",
  "VMSPLICE-CHILD",
  "RING-INHERITED",
  "RING-USED-BY-CHILD",
  "REG-OUTLIVES-CLOSE",
  "STALE-REGISTRATION",
  "DONTFORK-CHILD-FAULT",
  "DONTFORK-HOLE-RISK",
  "DONTFORK-NEEDLESS",
  "DONTFORK-LEAK",
  "PIN-UNKNOWN",
  "LATE-FORK-INIT",
  "REMOTE-PIN-RACE",
  "KVM-MEMSLOT",
  "SAFE-SPAWN",
  "BLIND-SPOT",
] as const;
export type RuleId = (typeof ruleIds)[number];

const rules: readonly RuleText[] = [
  {
    id: "PIN-FORK-PRIVATE",
    title: "fork while private memory is pinned for long",
    condition:
      "A fork copies page tables while a registration holds private pages that no advice keeps out of the child.",
    effect:
      "The parent's first write after the fork moves it to a copy; the device keeps the old page. What the device writes is lost to the program, what the program writes is lost to the device.",
    affected:
      "Kernels before 5.9 for base and huge pages, before 5.12 for hugetlb; a registration racing with the fork before 5.11.",
    advice:
      "Spawn instead of fork, fork before registering, advise MADV_DONTFORK over whole pages, use shared memory, or require a newer kernel.",
  },
  {
    id: "PIN-FORK-PARTIAL",
    title: "fork while pinned memory is advised in part",
    condition: "As PIN-FORK-PRIVATE, but some pages of the registration are advised MADV_DONTFORK.",
    effect: "The pages left out behave as without any advice.",
    affected: "As PIN-FORK-PRIVATE.",
    advice: "Advise the missing ranges too, rounded out to whole pages.",
  },
  {
    id: "FORK-COPIES-PINS",
    title: "fork copies every pinned byte",
    condition: "A fork finds many bytes of pinned private memory.",
    effect:
      "The kernel keeps the program right by copying them for the child at once: time, and as much memory again.",
    affected: "Kernels from 5.9 on (hugetlb from 5.12).",
    advice: "Spawn, start helpers before registering, or advise MADV_DONTFORK.",
  },
  {
    id: "DIO-FORK-RACE",
    title: "fork while a direct read is under way",
    condition: "An O_DIRECT read into private, un-advised memory overlaps a fork.",
    effect: "If a thread writes the same page meanwhile, the data that arrives is lost.",
    affected:
      "Kernels before 6.5 on block devices and common file systems; others while they take plain references.",
    advice: "Finish the I/O before the fork, spawn, or read into shared or advised buffers.",
  },
  {
    id: "DIO-WRITE-FORK",
    title: "fork while a direct write is under way",
    condition: "An O_DIRECT write from private memory overlaps a fork.",
    effect: "The device may read bytes from before a later store; rarely of consequence.",
    affected: "As the model says.",
    advice: "Finish the I/O before the fork.",
  },
  {
    id: "PIN-AFTER-FORK-RO",
    title: "read-only pin of memory still shared with a child",
    condition:
      "Memory that a fork made copy-on-write is pinned for reading before it was written again.",
    effect: "The next write moves the program to a copy; the device goes on reading the old page.",
    affected: "Kernels before 5.19 for anonymous pages, before 6.2 for private file pages.",
    advice: "Write to each page before pinning it, or pin it writable.",
  },
  {
    id: "VMSPLICE-FORK",
    title: "fork while a pipe holds spliced pages",
    condition: "Pages given to a pipe by vmsplice have not been read when the program forks.",
    effect: "The reader sees what was spliced or what was written later, by chance.",
    affected: "All kernels: vmsplice takes plain references.",
    advice: "Drain the pipe before the fork, or splice from a memfd.",
  },
  {
    id: "VMSPLICE-CHILD",
    title: "a child splices inherited memory and unmaps it",
    condition: "A forked child gives inherited private pages to a pipe and drops its own mapping.",
    effect: "The child reads through the pipe what its parent writes later (CVE-2020-29374).",
    affected: "Kernels before 5.8 (stable 5.7.3); huge pages by the model.",
    advice: "A newer kernel; forbid vmsplice to untrusted children.",
  },
  {
    id: "RING-INHERITED",
    title: "a forked child keeps the parent's ring mapped",
    condition:
      "An io_uring ring's mapping is inherited by a child that neither executes nor exits soon.",
    effect: "Two processes can move one ring; descriptors and pins live as long as the child.",
    affected: "All kernels.",
    advice: "io_uring_ring_dontfork(), and a ring of its own for the child.",
  },
  {
    id: "RING-USED-BY-CHILD",
    title: "a forked child submits to its parent's ring",
    condition: "A child calls io_uring_enter on a ring that its parent made.",
    effect: "Submissions of two processes mix; fixed I/O goes to the parent's pages.",
    affected: "All kernels.",
    advice: "Make a new ring in the child.",
  },
  {
    id: "REG-OUTLIVES-CLOSE",
    title: "pins stay after close because a child holds the file",
    condition: "The owner closes a ring, socket or device while a forked child still holds it.",
    effect:
      "Pins and their RLIMIT_MEMLOCK charge stay until the child ends; later forks are still hazardous.",
    affected: "All kernels.",
    advice: "Unregister before closing; close in the child, or close-on-exec and exec.",
  },
  {
    id: "STALE-REGISTRATION",
    title: "registered memory was unmapped and the ring is still used",
    condition:
      "A registered range is unmapped, replaced or dropped, and its owner submits to the ring afterwards.",
    effect: "I/O goes to pages that no mapping shows any more.",
    affected: "All kernels.",
    advice: "Unregister before unmapping.",
  },
  {
    id: "DONTFORK-CHILD-FAULT",
    title: "a child touched memory that MADV_DONTFORK kept from it",
    condition:
      "A forked child gets SIGSEGV or SIGBUS at an address advised MADV_DONTFORK at its fork.",
    effect: "The child crashes.",
    affected: "All kernels.",
    advice:
      "Align buffers to pages of their own, or drop the advice where every target kernel copies pinned pages at fork.",
  },
  {
    id: "DONTFORK-HOLE-RISK",
    title: "advised pages hold other data too",
    condition:
      "MADV_DONTFORK covers heap memory or pages that the buffer shares with neighbours, and a child runs on.",
    effect: "The child may crash on data that has nothing to do with the buffer.",
    affected: "All kernels.",
    advice: "Give registered buffers whole pages of their own.",
  },
  {
    id: "DONTFORK-NEEDLESS",
    title: "advice that no target kernel needs",
    condition:
      "Pinned memory is advised MADV_DONTFORK and the model finds no loss without it on any target kernel.",
    effect: "Mappings are split, registration costs more, children have holes.",
    affected: "Programs that run on 5.12 and later only.",
    advice: "Drop it, unless the copying at fork would be large.",
  },
  {
    id: "DONTFORK-LEAK",
    title: "advised ranges pile up",
    condition: "MADV_DONTFORK ranges without a live registration grow and are never undone.",
    effect:
      "Each splits a mapping until vm.max_map_count is reached; then mappings and registrations fail.",
    affected: "All kernels.",
    advice: "MADV_DOFORK after each deregistration.",
  },
  {
    id: "PIN-UNKNOWN",
    title: "something may be pinned where the trace cannot look",
    condition: "A device call whose arguments were not printed came before a fork.",
    effect: "Perhaps that of PIN-FORK-PRIVATE.",
    affected: "Perhaps those of PIN-FORK-PRIVATE.",
    advice:
      "Record with --record bpf, or log registrations as a pinlog: there they stand with their addresses.",
  },
  {
    id: "LATE-FORK-INIT",
    title: "fork protection was switched on after the first registration",
    condition: "ibv_fork_init's probe of MADV_DONTFORK is seen after memory was registered.",
    effect: "The call fails with EINVAL and nothing is protected.",
    affected: "Kernels before 5.12.",
    advice: "Set RDMAV_FORK_SAFE=1 in the environment, or call it before any library registers.",
  },
  {
    id: "REMOTE-PIN-RACE",
    title: "another process reaches into memory during its fork",
    condition: "process_vm_readv or process_vm_writev overlaps a fork of its target.",
    effect: "For a short window the access may go to a page the target has left.",
    affected: "Kernels before 5.9.",
    advice: "Do not reach into a process while it forks.",
  },
  {
    id: "KVM-MEMSLOT",
    title: "guest memory is private at fork",
    condition: "A KVM memory slot is backed by private, un-advised memory when the process forks.",
    effect: "None by itself: KVM follows page table changes. With a VFIO device it is a pin.",
    affected: "None by itself.",
    advice: "Advise MADV_DONTFORK on all guest memory, as QEMU does.",
  },
  {
    id: "SAFE-SPAWN",
    title: "a child that shares the address space",
    condition: "vfork, posix_spawn or a thread is started while memory is pinned.",
    effect: "None: no page table is copied.",
    affected: "None.",
    advice: "None needed.",
  },
  {
    id: "BLIND-SPOT",
    title: "the recording could not see",
    condition: "Something that decides the safety of a fork is not in the recording.",
    effect: "A result without findings is inconclusive.",
    affected: "Unknown.",
    advice: "Record as the blind spot's own advice says.",
  },
];

export const catalog: ReadonlyMap<string, RuleText> = new Map(rules.map((rule) => [rule.id, rule]));
