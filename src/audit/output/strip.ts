/** Verdicts along the kernels, neighbours with the same answer joined: `..v5.8 LOST | v5.9.. ok`. */
import type { AskedVerdict } from "../verdicts.ts";

const words: Readonly<Record<AskedVerdict, string>> = {
  never: "ok",
  sometimes: "LOST",
  always: "LOST",
  unknown: "unknown",
  vacuous: "n/a",
};

export interface StripPiece {
  readonly from: string;
  readonly to: string;
  readonly word: string;
}

export function stripOf(verdicts: Readonly<Record<string, AskedVerdict>>): readonly StripPiece[] {
  const pieces: { from: string; to: string; word: string }[] = [];
  for (const [kernel, verdict] of Object.entries(verdicts)) {
    const word = words[verdict];
    const last = pieces[pieces.length - 1];
    if (last !== undefined && last.word === word) last.to = kernel;
    else pieces.push({ from: kernel, to: kernel, word });
  }
  return pieces;
}

export function drawStrip(verdicts: Readonly<Record<string, AskedVerdict>>): string {
  return stripOf(verdicts)
    .map(({ from, to, word }) => `${from === to ? from : `${from}..${to}`} ${word}`)
    .join(" | ");
}
