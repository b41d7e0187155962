/**
 * `h.post(v)` starts a device write and `h.complete()` waits for its end. Between the two the device
 * may write at any time, so each posted write becomes a device of its own: it awaits the start, writes,
 * and signals the end. Checker, model and C emitter then know only devices, signals and awaits.
 * Not modelled: a device that never ends what was posted.
 */
import type { Actor, Argument, Call, Statement, Test } from "./ast.ts";

interface PostedWrite {
  readonly poster: string;
  readonly handle: string;
  readonly started: string;
  readonly ended: string;
  readonly device: Actor;
}

/** The same test with a device for each posted write, behind its own devices. */
export function withPostedWrites(test: Test): Test {
  const posted: PostedWrite[] = [];
  const names = new NewNames(test);
  const actors = test.actors.map((actor): Actor => {
    const statements = actor.statements.map((statement) =>
      isPost(statement) ? startOf(statement, actor, posted, names) : statement,
    );
    return { ...actor, statements };
  });
  if (posted.length === 0) return test;
  const waiting = actors.map((actor): Actor => {
    const statements = actor.statements.flatMap((statement, at): readonly Statement[] =>
      isCompletion(statement) ? awaitEnds(statement, actor, at, posted) : [statement],
    );
    return { ...actor, statements };
  });
  return { ...test, actors: [...waiting, ...posted.map(({ device }) => device)] };
}

function isPost(statement: Statement): statement is Call {
  return statement.kind === "call" && statement.operation === "post";
}

/** `complete(h, v)` ends a direct read and brings its own value. */
function isCompletion(statement: Statement): statement is Call {
  if (statement.kind !== "call" || statement.operation !== "complete") return false;
  return statement.arguments.every(({ kind }) => kind !== "value");
}

function startOf(call: Call, actor: Actor, posted: PostedWrite[], names: NewNames): Call {
  const handle = handleOf(call);
  const started = names.event(`${handle}_posted`);
  const ended = names.event(`${handle}_written`);
  const write: Call = { ...call, operation: "dma_write" };
  const device: Actor = {
    ...names.device(),
    statements: [onEvent(call, "await", started), write, onEvent(call, "signal", ended)],
    span: call.span,
  };
  posted.push({ poster: actor.name, handle, started, ended, device });
  return onEvent(call, "signal", started);
}

/** The writes the actor posted before this statement; where it posted none, all through the handle. */
function awaitEnds(
  call: Call,
  actor: Actor,
  at: number,
  posted: readonly PostedWrite[],
): readonly Call[] {
  const handle = handleOf(call);
  const through = posted.filter((one) => one.handle === handle);
  const begun = new Set(actor.statements.slice(0, at).map(signalled));
  const own = through.filter((one) => one.poster === actor.name && begun.has(one.started));
  return (own.length > 0 ? own : through).map(({ ended }) => onEvent(call, "await", ended));
}

function signalled(statement: Statement): string | undefined {
  if (statement.kind !== "call" || statement.operation !== "signal") return undefined;
  const [event] = statement.arguments;
  return event?.kind === "event" ? event.event : undefined;
}

function onEvent(from: Call, operation: "signal" | "await", event: string): Call {
  const argument: Argument = { kind: "event", event, span: from.span };
  return { ...from, operation, arguments: [argument] };
}

function handleOf(call: Call): string {
  const [first] = call.arguments;
  return first?.kind === "handle" ? first.handle.name : "";
}

/** Names that the test does not use yet. */
class NewNames {
  readonly #events: Set<string>;
  #devices: number;

  constructor(test: Test) {
    const calls = test.actors.flatMap(({ statements }) => statements);
    this.#events = new Set(
      calls.flatMap((one) => (one.kind === "call" ? one.arguments : [])).flatMap(eventName),
    );
    const devices = test.actors.filter(({ role }) => role === "device");
    this.#devices = 1 + Math.max(-1, ...devices.map(({ name }) => Number(name.slice(1))));
  }

  event(wish: string): string {
    let name = wish;
    for (let number = 2; this.#events.has(name); number++) name = `${wish}${number}`;
    this.#events.add(name);
    return name;
  }

  device(): Pick<Actor, "role" | "name" | "process"> {
    const name = `D${this.#devices++}`;
    return { role: "device", name, process: name };
  }
}

function eventName(argument: Argument): readonly string[] {
  return argument.kind === "event" ? [argument.event] : [];
}
