/**
 * How much a count of hits tells about the rate behind it: Wilson's interval for a proportion. It
 * stays inside 0..1 and gives an honest upper end when nothing was hit, which is the usual case here.
 */

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** z for 95 % two-sided. */
const usualDeviations = 1.959963984540054;

/** The interval for `hits` of `trials`; 0..1 when nothing was tried. */
export function wilsonInterval(
  hits: number,
  trials: number,
  deviations = usualDeviations,
): Interval {
  if (trials <= 0) return { low: 0, high: 1 };
  const rate = hits / trials;
  const square = deviations * deviations;
  const scale = 1 + square / trials;
  const middle = rate + square / (2 * trials);
  const spread =
    deviations * Math.sqrt((rate * (1 - rate)) / trials + square / (4 * trials * trials));
  return {
    low: hits === 0 ? 0 : Math.max(0, (middle - spread) / scale),
    high: hits === trials ? 1 : Math.min(1, (middle + spread) / scale),
  };
}
