/**
 * The `ar` archive, the outer shell of a Debian package: a magic line, then members, each with a
 * header of fixed columns and its data padded to an even length.
 */

export interface ArMember {
  readonly name: string;
  readonly data: Uint8Array;
}

const magic = "!<arch>\n";
const headerLength = 60;

/** The members of the archive, or undefined when the bytes are no whole archive. */
export function readAr(bytes: Uint8Array): readonly ArMember[] | undefined {
  const text = (from: number, length: number) =>
    String.fromCharCode(...bytes.subarray(from, from + length)).trimEnd();
  if (String.fromCharCode(...bytes.subarray(0, magic.length)) !== magic) return undefined;
  const members: ArMember[] = [];
  let at = magic.length;
  while (at + headerLength <= bytes.length) {
    const name = text(at, 16).replace(/\/$/, "");
    const size = Number(text(at + 48, 10));
    const start = at + headerLength;
    if (!Number.isInteger(size) || size < 0 || start + size > bytes.length) return undefined;
    members.push({ name, data: bytes.subarray(start, start + size) });
    at = start + size + (size % 2);
  }
  return members;
}
