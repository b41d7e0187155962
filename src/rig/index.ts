/** Real kernels: add them, compile for them, run tests on them, read the results back. */

export { chooseAccelerator } from "./accelerator.ts";
export type { AddOptions } from "./add-options.ts";
export { type BuildOptions, type Built, type CSource, compileC } from "./build.ts";
export type { GuestNeeds } from "./initramfs.ts";
export { type Interval, wilsonInterval } from "./interval.ts";
export { type KtapReport, type KtapTest, readKtap } from "./ktap.ts";
export { done, failed, type RigProblem, type RigResult, rigProblemCodes } from "./problem.ts";
export {
  type CaseResult,
  type CaseStatus,
  type CountedValuation,
  readResults,
} from "./protocol.ts";
export { addRig, ensureRig } from "./provision.ts";
export { type BootEnd, findQemu } from "./qemu.ts";
export { findRig, listRigs, type Rig, removeRig } from "./rigs.ts";
export { runOnRig, type SessionOptions, type SessionResult } from "./session.ts";
