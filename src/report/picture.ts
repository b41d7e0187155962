/**
 * The state picture that people draw in mails: which process maps which frame through which entry,
 * and each frame's data, counts and pins. What changed since the picture before is marked.
 */
import type { StatePicture } from "../verdict/result.ts";
import { type Look, paletteOf } from "./style.ts";
import { padded } from "./wrap.ts";

/** The picture's lines; with `before`, lines that are not in it are marked with a `*`. */
export function drawPicture(
  picture: StatePicture,
  before: StatePicture | undefined,
  look: Look,
): readonly string[] {
  const paint = paletteOf(look);
  const known = new Set(before === undefined ? [] : pictureLines(before));
  return pictureLines(picture).map((line) =>
    before === undefined || known.has(line) ? `  ${line}` : paint.strong(`* ${line}`),
  );
}

/** Whether two pictures show the same. */
export function samePicture(one: StatePicture, other: StatePicture): boolean {
  return pictureLines(one).join("\n") === pictureLines(other).join("\n");
}

function pictureLines(picture: StatePicture): readonly string[] {
  const places = picture.maps.map(({ process, page }) => `${process}:${page}`);
  const width = Math.max(0, ...places.map((place) => place.length));
  const maps = picture.maps.map(({ entry, frame }, index) => {
    const place = padded(places[index] ?? "", width);
    if (frame === undefined) {
      return `${place} ---- ${entry}`;
    }
    // The entry's own words may begin with the frame already.
    const flags = entry.startsWith(`frame ${frame} `)
      ? entry.slice(`frame ${frame} `.length)
      : entry;
    return `${place} ---> frame ${frame} ${flags}`;
  });
  return [...maps, ...picture.frames.map((frame) => frameLine(frame, picture))].map((line) =>
    line.trimEnd(),
  );
}

function frameLine(frame: StatePicture["frames"][number], picture: StatePicture): string {
  const holders = picture.pins.filter((pin) => pin.frame === frame.frame).map((pin) => pin.handle);
  const pins = holders.length === 0 ? `${frame.pins}` : `${frame.pins} (${holders.join(", ")})`;
  const flags = frame.flags.length === 0 ? "" : `, ${frame.flags.join(" ")}`;
  return `frame ${frame.frame}: data ${frame.data}, ref ${frame.ref}, map ${frame.map}, pins ${pins}${flags}`;
}
