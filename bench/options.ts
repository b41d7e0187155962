/** The command lines of the benches. An option that nobody knows is an error, not a measurement. */
import { parseArgs } from "node:util";

/**
 * What the user typed makes no sense; says so, without a stack. Told by its name: a bench that is
 * loaded apart has a class of its own.
 */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

type Kind = "flag" | "number" | "text";

export class Options {
  /** What is not an option. */
  readonly rest: readonly string[];
  private readonly values: Readonly<Record<string, unknown>>;

  constructor(given: readonly string[], known: Readonly<Record<string, Kind>>, rest = 0) {
    try {
      const { values, positionals } = parseArgs({
        args: [...given],
        allowPositionals: true,
        options: Object.fromEntries(
          Object.entries(known).map(([name, kind]) => [
            name,
            { type: kind === "flag" ? "boolean" : "string" } as const,
          ]),
        ),
      });
      this.values = values;
      this.rest = positionals;
    } catch (error) {
      throw new UsageError((error as Error).message.split(". ")[0]);
    }
    if (this.rest.length !== rest)
      throw new UsageError(
        this.rest.length > rest
          ? `Unexpected argument '${this.rest[rest]}'`
          : "An argument is missing",
      );
    for (const [name, kind] of Object.entries(known)) if (kind === "number") this.number(name, 0);
  }

  flag(name: string): boolean {
    return this.values[name] === true;
  }

  has(name: string): boolean {
    return this.values[name] !== undefined;
  }

  text(name: string): string | undefined {
    return this.values[name] as string | undefined;
  }

  number(name: string, otherwise: number): number {
    const given = this.values[name];
    if (given === undefined) return otherwise;
    if (!/^\d+$/.test(String(given)))
      throw new UsageError(`--${name} wants a whole number, not '${String(given)}'`);
    return Number(given);
  }
}

/** How to search: the options that every measured search knows. */
export const searchOptions = {
  "no-reductions": "flag",
  "no-ample": "flag",
  "no-chains": "flag",
  "no-symmetry": "flag",
  "no-goal": "flag",
  "plain-states": "number",
  workers: "number",
  fingerprint: "flag",
  progress: "flag",
  json: "flag",
} as const;
