/**
 * The archive that a kernel unpacks as its first root: cpio in the "newc" format, a header of
 * thirteen hexadecimal fields before each name and each content, both padded to four bytes.
 * Compare Documentation/driver-api/early-userspace/buffer-format.rst.
 */

export type CpioEntry =
  | { readonly kind: "directory"; readonly path: string; readonly mode?: number }
  | {
      readonly kind: "file";
      readonly path: string;
      readonly data: Uint8Array;
      readonly mode?: number;
    }
  | {
      readonly kind: "character device";
      readonly path: string;
      readonly major: number;
      readonly minor: number;
      readonly mode?: number;
    };

const headerLength = 110;
const typeBits = { directory: 0o040000, file: 0o100000, "character device": 0o020000 } as const;
const usualMode = { directory: 0o755, file: 0o755, "character device": 0o600 } as const;

/** Writes the archive. A path's parent directories must come before it. */
export function writeCpio(entries: readonly CpioEntry[]): Uint8Array {
  const chunks: Uint8Array[] = [];
  entries.forEach((entry, index) => {
    chunks.push(...member(entry, index + 1));
  });
  chunks.push(...trailer());
  const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const archive = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    archive.set(chunk, at);
    at += chunk.length;
  }
  return archive;
}

function member(entry: CpioEntry, inode: number): Uint8Array[] {
  const data = entry.kind === "file" ? entry.data : new Uint8Array();
  const device = entry.kind === "character device" ? entry : { major: 0, minor: 0 };
  const mode = typeBits[entry.kind] | (entry.mode ?? usualMode[entry.kind]);
  const path = entry.path.replace(/^\/+/, "");
  return [header(inode, mode, data.length, device, path), ...padded(data)];
}

function trailer(): Uint8Array[] {
  return [header(0, 0, 0, { major: 0, minor: 0 }, "TRAILER!!!")];
}

function header(
  inode: number,
  mode: number,
  size: number,
  device: { readonly major: number; readonly minor: number },
  path: string,
): Uint8Array {
  const name = new TextEncoder().encode(`${path}\0`);
  const links = mode >> 12 === 0o04 ? 2 : 1;
  const fields = [
    inode,
    mode,
    0,
    0,
    links,
    0,
    size,
    0,
    0,
    device.major,
    device.minor,
    name.length,
    0,
  ];
  const text = `070701${fields.map(hexadecimal).join("")}`;
  const whole = new Uint8Array(align4(headerLength + name.length));
  whole.set(new TextEncoder().encode(text));
  whole.set(name, headerLength);
  return whole;
}

function padded(data: Uint8Array): Uint8Array[] {
  const padding = align4(data.length) - data.length;
  return padding === 0 ? [data] : [data, new Uint8Array(padding)];
}

function hexadecimal(value: number): string {
  return value.toString(16).padStart(8, "0");
}

function align4(size: number): number {
  return (size + 3) & ~3;
}
