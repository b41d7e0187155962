/** Offsets as lines and columns. */
import { expect, it } from "vitest";
import { position } from "../../src/litmus/index.ts";

it.each([
  ["", 0, 1, 1],
  ["ab\ncd", 0, 1, 1],
  ["ab\ncd", 2, 1, 3],
  ["ab\ncd", 3, 2, 1],
  ["ab\ncd", 5, 2, 3],
  ["ab\ncd", 99, 2, 3],
  ["a\r\nb", 3, 2, 1],
  ["\n\n\n", 3, 4, 1],
])("in %j offset %i is %i:%i", (text, offset, line, column) => {
  expect(position(text, offset)).toEqual({ line, column });
});
