/** A minimal ELF file with a `.modinfo` section, as a kernel module has one. */
export function moduleFile(...facts: readonly string[]): Uint8Array {
  const names = Buffer.from("\0.shstrtab\0.modinfo\0", "latin1");
  const info = Buffer.from(facts.map((fact) => `${fact}\0`).join(""), "latin1");
  const tableAt = 64 + names.length + info.length;
  const file = Buffer.alloc(tableAt + 3 * 64);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeBigUInt64LE(BigInt(tableAt), 0x28);
  file.writeUInt16LE(64, 0x3a);
  file.writeUInt16LE(3, 0x3c);
  file.writeUInt16LE(1, 0x3e);
  names.copy(file, 64);
  info.copy(file, 64 + names.length);
  const section = (index: number, name: number, offset: number, size: number) => {
    const at = tableAt + index * 64;
    file.writeUInt32LE(name, at);
    file.writeBigUInt64LE(BigInt(offset), at + 0x18);
    file.writeBigUInt64LE(BigInt(size), at + 0x20);
  };
  section(1, 1, 64, names.length);
  section(2, 11, 64 + names.length, info.length);
  return file;
}
