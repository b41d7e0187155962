/**
 * A test's fingerprint: equal for equal tests whatever they are called, and however they are laid
 * out, documented or expected to end. Result files and emitted C name a test by it. Of the info lines
 * only the size of the pool of huge pages is part of the test.
 */
import type { Test, TestFile } from "./ast.ts";
import { printFile } from "./printer.ts";

/** 64 bits as 16 hexadecimal digits. */
export function testHash(test: Test | TestFile): string {
  const bare: TestFile = {
    ...test,
    name: "test",
    doc: undefined,
    info: test.info.filter(({ key }) => key === "Hugetlb-pool"),
    expectations: [],
    result: undefined,
  };
  return hashText(printFile(bare));
}

/** Two lanes of multiply and rotate, mixed into each other at the end; not for secrets. */
export function hashText(text: string): string {
  let low = 0x9e3779b9;
  let high = 0x85ebca6b ^ text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(((high << 5) | (high >>> 27)) ^ unit, 0xcc9e2d51);
  }
  low = mix(low ^ high);
  high = mix(high ^ low);
  return hex(high) + hex(low);
}

function mix(lane: number): number {
  let mixed = Math.imul(lane ^ (lane >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, "0");
}
