/**
 * One named section of a 64-bit little-endian ELF file. A kernel module keeps its facts in
 * `.modinfo`; nothing more of ELF is needed here.
 */

const elfMagic = 0x464c457f;

/** The section's bytes, or undefined when the file is no such ELF or has no such section. */
export function readElfSection(bytes: Uint8Array, wanted: string): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 64 || view.getUint32(0, true) !== elfMagic || bytes[4] !== 2) return undefined;
  const tableOffset = Number(view.getBigUint64(0x28, true));
  const entrySize = view.getUint16(0x3a, true);
  const count = view.getUint16(0x3c, true);
  const namesIndex = view.getUint16(0x3e, true);
  if (tableOffset + count * entrySize > bytes.length || namesIndex >= count) return undefined;
  const section = (index: number) => {
    const at = tableOffset + index * entrySize;
    const offset = Number(view.getBigUint64(at + 0x18, true));
    const size = Number(view.getBigUint64(at + 0x20, true));
    return { name: view.getUint32(at, true), data: bytes.subarray(offset, offset + size) };
  };
  const names = section(namesIndex).data;
  for (let index = 0; index < count; index++) {
    const candidate = section(index);
    if (textAt(names, candidate.name) === wanted) return candidate.data;
  }
  return undefined;
}

function textAt(bytes: Uint8Array, start: number): string {
  const end = bytes.indexOf(0, start);
  return String.fromCharCode(...bytes.subarray(start, end < 0 ? bytes.length : end));
}
