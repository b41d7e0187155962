/**
 * What must not matter: names, the order of declarations, pages that nobody uses, statements that
 * do nothing, the name of a kernel. If one of these changes a verdict, the verdict was about the
 * text and not about the kernel.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Kernel, kernels, withDecisions } from "../../src/kernels/index.ts";
import type { Actor, PageDeclaration, Statement, Test } from "../../src/litmus/index.ts";
import { check } from "../../src/verdict/check.ts";
import type { CheckResult } from "../../src/verdict/result.ts";
import { library, testOf } from "./library.ts";

const seed = Number(process.env.PINFOLD_SEED ?? 20200926);
const statesMax = 60_000;
const small = 2_500;

const tests = library("seed", "races", "bugs").map((one) => one.test);

const cell = fc.record({
  kernel: fc.constantFrom(...kernels),
  one: fc.constantFrom(...tests),
});

function answer(of: Test, kernel: Kernel): CheckResult {
  return check(of, kernel, { maxStates: statesMax });
}

/** Changes the test and expects the same verdict, and the same ends but for the names in them. */
function keepsVerdict(
  what: string,
  change: fc.Arbitrary<(of: Test) => Test>,
  numRuns: number,
): void {
  process.stdout.write(`${what}: seed ${seed}\n`);
  let compared = 0;
  fc.assert(
    fc.property(cell, change, ({ kernel, one }, apply) => {
      const before = answer(one, kernel);
      if (!before.complete || before.states > small || before.verdict === "vacuous") return;
      const after = answer(apply(one), kernel);
      compared++;
      expect({ verdict: after.verdict, ends: ends(after) }).toEqual({
        verdict: before.verdict,
        ends: ends(before),
      });
    }),
    { numRuns, seed },
  );
  expect(compared, "tests compared").toBeGreaterThan(numRuns / 4);
}

/** The final valuations without the names of what was observed. */
function ends({ valuations }: CheckResult): readonly string[] {
  return valuations
    .map(
      ({ values, holds }) =>
        `${values
          .map(({ value }) => value)
          .sort()
          .join(" ")} ${holds}`,
    )
    .sort();
}

// --- names ---

/** Every page, register, handle and event under another name. */
function renamed(of: Test, suffix: string): Test {
  const rename = (name: string): string => `${name}${suffix}`;
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        const named = typeof inner === "string" && isName(value as Named, key);
        return [key, named ? rename(inner as string) : walk(inner)];
      }),
    );
  };
  const { declarations, actors, locations, filter, condition } = of;
  return { ...of, ...(walk({ declarations, actors, locations, filter, condition }) as object) };
}

interface Named {
  readonly kind?: string;
  readonly index?: unknown;
}

function isName(holder: Named, key: string): boolean {
  if (key === "register" || key === "event" || key === "result" || key === "handle") return true;
  if (key !== "name") return false;
  return holder.kind === "page" || (holder.kind === undefined && "index" in holder);
}

// --- declarations ---

const shuffledDeclarations = fc.integer().map((by) => (of: Test): Test => {
  const turn = Math.abs(by) % Math.max(1, of.declarations.length);
  const turned = [...of.declarations.slice(turn), ...of.declarations.slice(0, turn)];
  return { ...of, declarations: by % 2 === 0 ? turned : turned.reverse() };
});

const [unrelated] = testOf(
  "Linux T\n{ page unrelated = anon; }\nP0 { }\nexists (true)\n",
).declarations;

/** A page that no statement names, before or after the others. */
function withUnrelatedPage(of: Test, first: boolean, kind: "anon" | "untouched" | "shared"): Test {
  const page: PageDeclaration = {
    ...unrelated!,
    pageKind: kind === "shared" ? "shared anon" : "anon",
    modifiers: kind === "untouched" ? ["untouched"] : [],
  };
  const declarations = first ? [page, ...of.declarations] : [...of.declarations, page];
  return { ...of, declarations };
}

// --- statements that do nothing ---

const nothings: readonly Statement[] = testOf(`Linux T
{ page unrelated = anon; }
P0 { idle = unrelated; signal(nobody); }
exists (true)
`).actors[0]!.statements;

/** Puts a load of an unrelated page or an unheard signal before some statement of some process. */
function withNothing(of: Test, actor: number, place: number, which: number): Test {
  const candidates = of.actors
    .map((one, index) => ({ one, index }))
    .filter(({ one }) => one.role === "process" && one.statements.length > 0);
  if (candidates.length === 0) return of;
  const { one, index } = candidates[actor % candidates.length]!;
  const at = free(one, place % one.statements.length);
  const statements = [
    ...one.statements.slice(0, at),
    nothings[which % nothings.length]!,
    ...one.statements.slice(at),
  ];
  const actors = of.actors.map((other, i) => (i === index ? { ...one, statements } : other));
  return withUnrelatedPage({ ...of, actors }, false, "anon");
}

/** Not between `may fail alloc` and its statement, and not where an exec has taken the pages. */
function free(one: Actor, wanted: number): number {
  const exec = one.statements.findIndex((s) => s.kind === "call" && s.operation === "exec");
  const at = exec >= 0 ? Math.min(wanted, exec) : wanted;
  return one.statements[at - 1]?.kind === "mayFail" ? at - 1 : at;
}

describe("a verdict does not depend on", () => {
  test("names", { timeout: 120_000 }, () => {
    keepsVerdict(
      "names",
      fc.constantFrom("2", "_b", "Q").map((suffix) => (of: Test) => renamed(of, suffix)),
      120,
    );
  });

  test("the order of declarations", { timeout: 120_000 }, () => {
    keepsVerdict("order of declarations", shuffledDeclarations, 120);
  });

  test("pages that nobody uses", { timeout: 120_000 }, () => {
    const arbitrary = fc.tuple(fc.boolean(), fc.constantFrom("anon", "untouched", "shared")).map(
      ([first, kind]) =>
        (of: Test) =>
          withUnrelatedPage(of, first, kind as "anon"),
    );
    keepsVerdict("unrelated pages", arbitrary, 100);
  });

  test("statements that do nothing", { timeout: 120_000 }, () => {
    const arbitrary = fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)).map(
      ([actor, place, which]) =>
        (of: Test) =>
          withNothing(of, actor, place, which),
    );
    keepsVerdict("no-ops", arbitrary, 100);
  });

  test("the kernel's name", { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(cell, ({ kernel, one }) => {
        const twin = withDecisions(kernel, `${kernel.name}-twin`, {});
        const { kernel: _, seconds: __, ...rest } = answer(one, twin);
        expect(answer(one, kernel)).toMatchObject(rest);
      }),
      { numRuns: 60, seed },
    );
  });
});

test("the comparison can fail: a write less is another test", () => {
  const one = tests.find(({ name }) => name === "MPROTECT+pin")!;
  const kernel = kernels.find(({ name }) => name === "v5.11")!;
  const without = {
    ...one,
    actors: one.actors.map((actor) => ({
      ...actor,
      statements: actor.statements.filter((statement) => statement.kind !== "store"),
    })),
  };
  expect(answer(without, kernel).verdict).not.toBe(answer(one, kernel).verdict);
});
