/**
 * Whether the step of one local state and the future of another leave each other alone, for pairs
 * that were asked about a while ago: a search asks the same ones over and over. As many as fit; the
 * last to come by keeps its place.
 */
import type { FutureGraph } from "./future-graph.ts";

const bits = 15;
/** A local state in one word: its graph's number and its own. */
const stateBits = 16;
const graphsMax = 1 << 15;
/** Sets of so few words are compared sooner than an answer is looked up. */
const fewWords = 6;

const steps = new Int32Array(1 << bits).fill(-1);
const futures = new Int32Array(1 << bits).fill(-1);
const answers = new Uint8Array(1 << bits);

export function areIndependent(
  graph: FutureGraph,
  state: number,
  other: FutureGraph,
  otherState: number,
): boolean {
  if (graph.reads.words <= fewWords) return graph.isIndependent(state, other, otherState);
  if (Math.max(graph.number, other.number) >= graphsMax || (state | otherState) >> stateBits !== 0)
    return graph.isIndependent(state, other, otherState);
  const one = (graph.number << stateBits) | state;
  const two = (other.number << stateBits) | otherState;
  const at = (Math.imul(one, 0x9e3779b1) ^ Math.imul(two, 0x85ebca6b)) >>> (32 - bits);
  if (steps[at] === one && futures[at] === two) return answers[at] === 1;
  const answer = graph.isIndependent(state, other, otherState);
  steps[at] = one;
  futures[at] = two;
  answers[at] = answer ? 1 : 0;
  return answer;
}
