/**
 * What a command has to do with the world: where it prints, what the environment says, whether it
 * was interrupted. Passed in explicitly, so that a test can be the world.
 */
import type { Look } from "../report/style.ts";

export interface Terminal {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  readonly columns: number | undefined;
}

export interface Session {
  /** Results. */
  readonly out: Terminal;
  /** Complaints, and progress if it is a terminal. */
  readonly err: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
}

export type ColorChoice = "auto" | "always" | "never";

/** Options that every command has. */
export interface GlobalOptions {
  readonly color: ColorChoice;
  readonly format: readonly string[];
  readonly output: string | undefined;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

const widthDefault = 80;
const widthMin = 20;

/** How to print on a terminal: NO_COLOR and FORCE_COLOR speak where --color is auto. */
export function lookOf(terminal: Terminal, choice: ColorChoice, session: Session): Look {
  const columns = Number(session.environment.COLUMNS);
  const width = Number.isInteger(columns) && columns > 0 ? columns : terminal.columns;
  return {
    color: choice === "auto" ? autoColor(terminal, session) : choice === "always",
    width: Math.max(widthMin, width ?? widthDefault),
  };
}

function autoColor(terminal: Terminal, { environment }: Session): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  if (NO_COLOR !== undefined && NO_COLOR !== "") {
    return false;
  }
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") {
    return FORCE_COLOR !== "0";
  }
  return terminal.isTerminal && TERM !== "dumb";
}

/** One line on the error stream, as every complaint that is not about a place in a file. */
export function complain(session: Session, message: string): void {
  session.err.write(`pinfold: ${message}\n`);
}
