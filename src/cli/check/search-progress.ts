/**
 * How a long search goes, in words for one line of a terminal: states, speed, what is open, and a
 * guess. The states found per round of a breadth-first search first rise, then fall, much alike:
 * once fewer are open than before, about as many are to come as were found until the most were open.
 */
import type { Progress } from "../../explore/search.ts";

/** Below this share of the most that were open, the search is past its middle. */
const pastShare = 0.9;

export class SearchProgress {
  private readonly statesMax: number;
  private phase: Progress["phase"];
  /** What was told first of the phase. */
  private first = { states: 0, seconds: 0 };
  private mostOpen = 0;
  private statesThen = 0;

  constructor(statesMax: number) {
    this.statesMax = statesMax;
  }

  /** "1,200,000 states, 480,000/s, 90,000 open, with reductions, about 3 s more" */
  text(at: Progress, seconds: number): string {
    const { states, frontier, phase } = at;
    if (phase !== this.phase) {
      this.phase = phase;
      this.first = { states, seconds };
      this.mostOpen = 0;
    }
    if (frontier >= this.mostOpen) {
      this.mostOpen = frontier;
      this.statesThen = states;
    }
    const parts = [`${count(states)} states`, `${count(frontier)} open`];
    if (phase !== undefined) parts.push(phase);
    if (seconds <= this.first.seconds) return parts.join(", ");
    const speed = Math.max(1, (states - this.first.states) / (seconds - this.first.seconds));
    parts.splice(1, 0, `${count(speed)}/s`);
    return [...parts, this.guess(states, frontier, speed)].join(", ");
  }

  private guess(states: number, frontier: number, speed: number): string {
    const { mostOpen, statesThen, statesMax } = this;
    const untilLimit = statesMax - states;
    const untilEnd = Math.max(frontier, 2 * statesThen - states);
    const isPast = frontier < pastShare * mostOpen && untilEnd < untilLimit;
    const left = Math.ceil((isPast ? untilEnd : Math.max(0, untilLimit)) / speed);
    return isPast ? `about ${count(left)} s more` : `at most ${count(left)} s more`;
  }
}

const count = (value: number): string => Math.round(value).toLocaleString("en-US");
