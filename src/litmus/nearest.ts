/**
 * "Did you mean ...?": the candidate nearest to a word by edit distance, where one letter wrong,
 * missing, added or swapped with its neighbour counts one. Offered only when it is near enough that
 * a reader would nod.
 */

/** Optimal string alignment: Damerau-Levenshtein without editing a swapped pair again. */
function distance(left: string, right: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      let best = Math.min(
        previous[column - 1]! + (same ? 0 : 1),
        previous[column]! + 1,
        current[column - 1]! + 1,
      );
      const swapped =
        row > 1 &&
        column > 1 &&
        left[row - 1] === right[column - 2] &&
        left[row - 2] === right[column - 1];
      if (swapped) best = Math.min(best, beforePrevious[column - 2]! + 1);
      current.push(best);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[right.length]!;
}

/** One edit for a word of up to three letters, then one more for every three. */
function allowance(word: string): number {
  return word.length <= 3 ? 1 : Math.floor(word.length / 3) + (word.length < 6 ? 1 : 0);
}

const longestWord = 64;

/**
 * The candidate nearest to the word, or undefined if none is near. Case alone counts nothing; ties
 * go to the earlier candidate.
 *
 * @example nearest("frok", ["fork", "vfork"]) // "fork"
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length === 0 || word.length > longestWord) return undefined;
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = allowance(word) + 1;
  for (const candidate of candidates) {
    if (candidate === word || Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const edits = distance(wanted, candidate.toLowerCase());
    // A word that shares no letter in place with the candidate is another word, not a typo.
    if (edits >= bestDistance || edits >= Math.max(word.length, candidate.length)) continue;
    best = candidate;
    bestDistance = edits;
  }
  return best;
}
