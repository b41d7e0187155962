/**
 * One mistake each, made in a test that is otherwise right: where it is pointed at, and the words. A
 * row that is `cured` offers a fix after which nothing is left to complain of.
 */

export interface TestParts {
  readonly title: string;
  readonly doc: string;
  readonly declarations: string;
  readonly first: string;
  readonly second: string;
  readonly condition: string;
  readonly expectations: string;
}

export const rightParts: TestParts = {
  title: "Linux T",
  doc: '"doc"',
  declarations: "{ page x = anon; }",
  first: "P0 { fork(P1); x = 1; r0 = x; }",
  second: "P1 { exit(); }",
  condition: "exists (P0:r0 = 1)",
  expectations: "with ..v5.7: always; v5.8..: never",
};

/** The right test with some parts replaced. */
export function textOf(parts: Partial<TestParts>): string {
  return `${Object.values({ ...rightParts, ...parts }).join("\n")}\n`;
}

export interface Typo {
  readonly wrong: Partial<TestParts>;
  readonly code: string;
  /** line:column */
  readonly at: string;
  readonly message: string;
  readonly cured?: boolean;
}
