/**
 * Commands that search for long run in a thread of their own: while a thread computes it hears no
 * signal, so the main one writes, listens, and sets the flag that every search looks at.
 */
import { parentPort, Worker, workerData } from "node:worker_threads";
import { runCli } from "./run-cli.ts";
import type { Session, Terminal } from "./session.ts";

/** The commands that search without giving way. */
const searching: ReadonlySet<string> = new Set([
  "bisect",
  "cost",
  "coverage",
  "diff",
  "minimise",
  "promote",
  "reach",
  "review",
  "synth",
  "twin",
]);

/** Whether the command line may be one of those; any other runs in a thread as well as without. */
export function searches(given: readonly string[]): boolean {
  return given.some((word) => searching.has(word));
}

type Stream = "out" | "err";

interface Input {
  readonly given: readonly string[];
  readonly folder: string;
  readonly environment: Session["environment"];
  readonly terminals: Readonly<Record<Stream, Omit<Terminal, "write">>>;
  /** One word: not 0 once somebody interrupted. */
  readonly flag: SharedArrayBuffer;
}

type Output =
  | { readonly to: Stream; readonly text: string }
  | { readonly code: number }
  | { readonly failed: Error };

/** Runs a command line in a thread; done when it ends. */
export function runInThread(given: readonly string[], session: Session): Promise<number> {
  const flag = new SharedArrayBuffer(4);
  const look = ({ isTerminal, columns }: Terminal) => ({ isTerminal, columns });
  const input: Input = {
    given,
    folder: session.folder,
    environment: { ...session.environment },
    terminals: { out: look(session.out), err: look(session.err) },
    flag,
  };
  const worker = new Worker(new URL(import.meta.url), { workerData: input });
  session.signal.addEventListener("abort", () => {
    Atomics.store(new Int32Array(flag), 0, 1);
    worker.postMessage("interrupt");
  });
  return new Promise((resolve, reject) => {
    let code: number | undefined;
    worker.on("message", (output: Output) => {
      if ("code" in output) code = output.code;
      else if ("failed" in output) reject(output.failed);
      else session[output.to].write(output.text);
    });
    worker.on("error", reject);
    worker.on("exit", () => {
      if (code === undefined) reject(new Error("The search ended without an answer."));
      else resolve(code);
    });
  });
}

function post(output: Output): void {
  parentPort!.postMessage(output);
}

/** The thread's half. */
async function runHere({ given, folder, environment, terminals, flag }: Input): Promise<void> {
  const word = new Int32Array(flag);
  const controller = new AbortController();
  const port = parentPort!;
  port.on("message", () => controller.abort());
  const signal = Object.defineProperty(controller.signal, "aborted", {
    get: () => Atomics.load(word, 0) !== 0,
  });
  const terminal = (to: Stream): Terminal => ({
    ...terminals[to],
    write: (text) => post({ to, text }),
  });
  const session = { out: terminal("out"), err: terminal("err"), environment, folder, signal };
  try {
    post({ code: await runCli(given, session) });
  } catch (error) {
    post({ failed: error instanceof Error ? error : new Error(String(error)) });
  }
  port.close();
}

if (parentPort !== null && (workerData as Partial<Input> | null)?.flag !== undefined)
  await runHere(workerData as Input);
