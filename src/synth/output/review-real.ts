/** What real kernels showed of a review's programs: red where the damage was seen, green where not. */
import { padded } from "../../report/wrap.ts";
import type { RealResult } from "../../verdict/real.ts";

export interface RealReview {
  readonly rigs: readonly string[];
  readonly programs: readonly {
    readonly name: string;
    /** The program in one line. */
    readonly program: string;
    readonly results: readonly RealResult[];
  }[];
}

/** "red 100/100", "green 0/100", "skip" */
export function realWords({ hits, trials, status }: RealResult): string {
  if (trials === 0) return status;
  return `${hits > 0 ? "red" : "green"} ${hits}/${trials}`;
}

/** A program a line, a column for each rig. */
export function realLines({ rigs, programs }: RealReview, width: number): readonly string[] {
  const cell = Math.max(13, ...rigs.map((name) => name.length));
  const left = width - rigs.length * (cell + 2);
  const row = (head: string, cells: readonly string[]): string =>
    `${padded(head, left)}${cells.map((text) => `  ${padded(text.slice(0, cell), cell)}`).join("")}`.trimEnd();
  return [
    row("The emitted C on real kernels:", rigs),
    ...programs.map(({ program, results }) => {
      return row(`  ${shortened(program, left - 2)}`, results.map(realWords));
    }),
  ];
}

/** The middle of a long program says what it is about: its registration stands in all of them. */
function shortened(program: string, width: number): string {
  const inner = program.replace(/^P0 \{ /, "").replace(/ \}$/, "");
  if (inner.length <= width) return inner;
  const statements = inner.split(/(?<=;) /);
  const [first = "", ...rest] = statements;
  const text = `${first.replace(/^(\w+) = /, "")} ${rest.join(" ")}`;
  return text.length <= width ? text : `${text.slice(0, width - 4)} ...`;
}
