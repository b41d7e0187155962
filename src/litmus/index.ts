/** The litmus language: from text to tests and back. */
export * from "./ast.ts";
export { diagnosticCodes } from "./diagnostic-codes.ts";
export { expand } from "./expand.ts";
export { checkExpectations, expectationFor, kernelsOf } from "./expectation.ts";
export { hashText, testHash } from "./hash.ts";
export { nearest } from "./nearest.ts";
export {
  type Operation,
  operations,
  operationsOf,
} from "./operations.ts";
export { parseFile } from "./parse-file.ts";
export { position } from "./position.ts";
export {
  printCondition,
  printExpectation,
  printStatement,
} from "./print-parts.ts";
export { formatText, printFile } from "./printer.ts";
export { promisesOf, promoted } from "./promote.ts";
