/**
 * How the engine compiles us. Most searches end within a second, in which it optimizes a hundred
 * functions: with as much inlining as it does unless told, its threads hold up ours, and the whole
 * takes a fifth longer. A search of many seconds is as quick either way, or three in a hundred slower.
 */
import { setFlagsFromString } from "node:v8";

/** The bytecode that may be inlined into a function, in bytes; 920 unless said. */
const inlinedMax = 200;

export function inlineLittle(): void {
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${inlinedMax}`);
}
