/**
 * How a report may look: with or without colour, so many columns wide. Roles instead of colours, so
 * that every report says "bad" alike.
 */
import pico from "picocolors";

export interface Look {
  readonly color: boolean;
  /** Columns of the terminal, or a default where there is none. */
  readonly width: number;
}

export const plainLook: Look = { color: false, width: 80 };

type Paint = (text: string) => string;

export interface Palette {
  readonly good: Paint;
  readonly bad: Paint;
  readonly unsure: Paint;
  readonly faint: Paint;
  readonly strong: Paint;
  readonly place: Paint;
}

/** The paints of a look; without colour each leaves its text as it is. */
export function paletteOf(look: Look): Palette {
  const colors = pico.createColors(look.color);
  return {
    good: colors.green,
    bad: (text) => colors.bold(colors.red(text)),
    unsure: colors.yellow,
    faint: colors.dim,
    strong: colors.bold,
    place: colors.cyan,
  };
}
