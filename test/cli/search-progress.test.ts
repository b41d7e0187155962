import { expect, test } from "vitest";
import { SearchProgress } from "../../src/cli/check/search-progress.ts";

const at = (states: number, frontier: number, phase?: "with reductions") => ({
  states,
  transitions: 3 * states,
  frontier,
  ...(phase ? { phase } : {}),
});

test("while more and more is open, the limit is all that is known", () => {
  const progress = new SearchProgress(5_000_000);
  const first = progress.text(at(100_000, 40_000), 0.5);
  expect(first).toBe("100,000 states, 200,000/s, 40,000 open, at most 25 s more");
});

test("past the middle, about as much is to come as was found before it", () => {
  const progress = new SearchProgress(5_000_000);
  progress.text(at(400_000, 90_000), 2);
  const past = progress.text(at(600_000, 50_000), 3);
  expect(past).toBe("600,000 states, 200,000/s, 50,000 open, about 1 s more");
});

test("a limit that comes sooner is told; a phase has its own speed", () => {
  const progress = new SearchProgress(650_000);
  progress.text(at(400_000, 90_000), 2);
  expect(progress.text(at(600_000, 50_000), 3)).toContain("at most 1 s more");
  const reduced = progress.text(at(5_000, 900, "with reductions"), 4);
  expect(reduced).toBe("5,000 states, 900 open, with reductions");
  const later = progress.text(at(25_000, 900, "with reductions"), 6);
  expect(later).toBe("25,000 states, 10,000/s, 900 open, with reductions, at most 63 s more");
});
