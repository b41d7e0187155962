/** One line on a terminal that says what is being done; nothing anywhere else. */
import { performance } from "node:perf_hooks";
import type { Session } from "./session.ts";

export interface Progress {
  readonly show: (text: string) => void;
  readonly clear: () => void;
}

const quietSeconds = 0.3;

/** Shows nothing for the first moments, so that a quick answer does not flicker. */
export function startProgress(session: Session, wanted: boolean): Progress {
  if (!wanted || !session.err.isTerminal) {
    return { show: () => {}, clear: () => {} };
  }
  const start = performance.now();
  let shown = false;
  return {
    show: (text) => {
      if (performance.now() - start < quietSeconds * 1000) {
        return;
      }
      // A terminal that does not know its width says 0.
      const room = (session.err.columns || 80) - 1;
      session.err.write(`\r\u001b[K${text.slice(0, room)}`);
      shown = true;
    },
    clear: () => {
      if (shown) {
        session.err.write("\r\u001b[K");
        shown = false;
      }
    },
  };
}
