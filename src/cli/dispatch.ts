/** How a command's action runs: with its options and the session; what it returns is the exit code. */
import type { Command } from "commander";
import type { Session } from "./session.ts";

export type Dispatch = <Options>(
  command: Command,
  action: (options: Options, session: Session) => Promise<number>,
) => Promise<void>;
