/** The litmus language: from text to tests and back. */
export * from "./ast.ts";
export { diagnosticCodes } from "./diagnostic-codes.ts";
export { expand } from "./expand.ts";
export { checkExpectations, expectationFor, kernelsOf } from "./expectation.ts";
export { hashText, testHash } from "./hash.ts";
export type { Origin } from "./layout.ts";
export type { Comment } from "./lexer.ts";
export { nearest } from "./nearest.ts";
export {
  type ArgumentShape,
  findOperation,
  type Operation,
  operations,
  operationsOf,
  type Role,
  usage,
} from "./operations.ts";
export { parseFile } from "./parse-file.ts";
export { type Position, position } from "./position.ts";
export {
  printCondition,
  printExpectation,
  printOperand,
  printPlace,
  printProposition,
  printRange,
  printStatement,
} from "./print-parts.ts";
export { formatText, printFile } from "./printer.ts";
