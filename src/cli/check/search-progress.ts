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
  /** When the phase began, and when something was told last. */
  private begun = 0;
  private told = 0;
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
      this.begun = this.told;
      this.mostOpen = 0;
    }
    this.told = seconds;
    if (frontier >= this.mostOpen) {
      this.mostOpen = frontier;
      this.statesThen = states;
    }
    const speed = states / Math.max(seconds - this.begun, 0.001);
    const parts = [`${count(states)} states`, `${count(speed)}/s`, `${count(frontier)} open`];
    if (phase !== undefined) parts.push(phase);
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
