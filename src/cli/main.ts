#!/usr/bin/env node
/**
 * The process: its streams, its signals, its exit code. A reader that goes away (`| head -1`) ends
 * it quietly; the first interrupt asks the command to print what it knows, the second ends it.
 */
import { inlineLittle } from "./engine.ts";
import { exitCodes } from "./exit-codes.ts";
import { internalErrorText } from "./internal-error.ts";
import { runCli } from "./run-cli.ts";
import { runInThread, searches } from "./search-thread.ts";
import { complain, type Session, type Terminal } from "./session.ts";

function terminalOf(stream: NodeJS.WriteStream): Terminal {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") {
      process.exit(process.exitCode ?? 0);
    }
    throw error;
  });
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    columns: stream.isTTY === true ? stream.columns : undefined,
  };
}

const interrupt = new AbortController();
process.on("SIGINT", () => {
  if (interrupt.signal.aborted) {
    process.exit(exitCodes.interrupted);
  }
  interrupt.abort();
});

const session: Session = {
  out: terminalOf(process.stdout),
  err: terminalOf(process.stderr),
  environment: process.env,
  folder: process.cwd(),
  signal: interrupt.signal,
};

inlineLittle();
try {
  const given = process.argv.slice(2);
  process.exitCode = await (searches(given) ? runInThread : runCli)(given, session);
} catch (error) {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const verbose = process.argv.includes("-v") || process.argv.includes("--verbose");
  complain(session, internalErrorText({ message, stack: stack ?? "" }, verbose));
  process.exitCode = exitCodes.internalError;
}
