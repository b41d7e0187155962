/**
 * Smallest slices: which elements of a list are needed for something to stay true. By halves first,
 * then one by one, as delta debugging does; nothing here knows what the elements are.
 */

/** A slice of `elements`, in order, for which `holds` is true and of which no element can go. */
export function smallestSlice<T>(
  elements: readonly T[],
  holds: (slice: readonly T[]) => boolean,
): readonly T[] {
  let kept = elements;
  for (let parts = 2; kept.length > 0; ) {
    const size = Math.max(1, Math.ceil(kept.length / parts));
    const shorter = withoutOneChunk(kept, size, holds);
    if (shorter !== undefined) {
      kept = shorter;
      parts = Math.max(2, parts - 1);
      continue;
    }
    if (size === 1) return kept;
    parts = Math.min(kept.length, parts * 2);
  }
  return kept;
}

function withoutOneChunk<T>(
  elements: readonly T[],
  size: number,
  holds: (slice: readonly T[]) => boolean,
): readonly T[] | undefined {
  for (let from = 0; from < elements.length; from += size) {
    const rest = [...elements.slice(0, from), ...elements.slice(from + size)];
    if (holds(rest)) return rest;
  }
  return undefined;
}

/**
 * A smallest subset for which `holds` is true: all of one element, then all of two ... up to
 * `exactUpTo`; beyond that a subset of which no element can go. Undefined if not even all will do.
 */
export function smallestSubset<T>(
  elements: readonly T[],
  holds: (subset: readonly T[]) => boolean,
  exactUpTo = 2,
): readonly T[] | undefined {
  for (let size = 0; size <= Math.min(exactUpTo, elements.length); size++)
    for (const subset of subsets(elements, size)) if (holds(subset)) return subset;
  return holds(elements) ? smallestSlice(elements, holds) : undefined;
}

function* subsets<T>(elements: readonly T[], size: number, from = 0): Generator<readonly T[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let i = from; i <= elements.length - size; i++)
    for (const rest of subsets(elements, size - 1, i + 1)) yield [elements[i]!, ...rest];
}
