/**
 * pinfold as a library: read a test, check it on a modelled kernel, report what came. Everything
 * here runs in a browser as well.
 */
export { findKernel, type Kernel, kernels, lineage, withDecisions } from "./kernels/index.ts";
export {
  checkExpectations,
  expand,
  expectationFor,
  formatText,
  parseFile,
  type Test,
  type TestFile,
  testHash,
} from "./litmus/index.ts";
export { drawDiagnostics } from "./report/diagnostics.ts";
export { drawRun } from "./report/run.ts";
export type { Look } from "./report/style.ts";
export type { Diagnostic, Result } from "./step/diagnostic.ts";
export { type CheckOptions, check } from "./verdict/check.ts";
export { type Judgement, judge } from "./verdict/judgement.ts";
export { type Observation, observe } from "./verdict/observation.ts";
export type { CheckResult, Run, Valuation } from "./verdict/result.ts";
