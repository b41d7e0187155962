/**
 * A kernel image as a file: the compressed bzImage a distribution ships, or the ELF inside it. The
 * ELF boots by PVH and saves the guest its own slow decompression under emulation.
 * Compare Documentation/arch/x86/boot.rst.
 */
import { decompress } from "./decompress.ts";

export type ImageKind = "bzImage" | "vmlinux";

const bootMagic = 0x53726448;

/** What the bytes are, or undefined when they are no x86 kernel. */
export function imageKind(bytes: Uint8Array): ImageKind | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length > 0x260 && view.getUint32(0x202, true) === bootMagic) return "bzImage";
  if (bytes.length > 64 && view.getUint32(0, true) === 0x464c457f) return "vmlinux";
  return undefined;
}

/** The release that a kernel names itself (`uname -r`), or undefined. */
export function imageRelease(bytes: Uint8Array): string | undefined {
  return imageBanner(bytes)?.split(" ")[0];
}

/** What Debian says of its build, "Debian 6.1.170-3", where the image says it: the release may not. */
export function imageBuild(bytes: Uint8Array): string | undefined {
  return /\bDebian \d\S*/.exec(imageBanner(bytes) ?? "")?.[0];
}

/** "6.1.0-56-amd64 (who built it) #1 SMP ... Debian 6.1.192-2 (2026-11-20)" */
function imageBanner(bytes: Uint8Array): string | undefined {
  const kind = imageKind(bytes);
  if (kind === "vmlinux") return elfBanner(bytes);
  if (kind === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = view.getUint16(0x20e, true) + 0x200;
  const end = bytes.indexOf(0, start);
  return new TextDecoder("latin1").decode(bytes.subarray(start, end));
}

/** An ELF holds what the kernel says first on its console: "Linux version 6.1.0-56-amd64 (...". */
function elfBanner(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const banner = "Linux version ";
  for (let at = text.indexOf(banner); at >= 0; at = text.indexOf(banner, at + 1)) {
    const start = at + banner.length;
    const said = text.toString("latin1", start, start + 300).split(/[\0\n]/)[0] ?? "";
    if (/^\d+\.\d+\S* /.test(said)) return said;
  }
  return undefined;
}

/**
 * The ELF inside a bzImage, or undefined when its compression needs a command that is missing or
 * the ELF cannot boot by PVH: then the bzImage itself is booted.
 */
export async function extractElf(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const setupSectors = bytes[0x1f1] || 4;
  const start = (setupSectors + 1) * 512 + view.getUint32(0x248, true);
  const length = view.getUint32(0x24c, true);
  if (length === 0 || start + length > bytes.length) return undefined;
  const elf = await decompress(bytes.subarray(start, start + length));
  if (!elf.ok || imageKind(elf.value) !== "vmlinux" || !hasPvhNote(elf.value)) return undefined;
  return elf.value;
}

/** Whether a program header of type PT_NOTE holds the Xen note 18 (PHYS32_ENTRY) that QEMU enters by. */
export function hasPvhNote(elf: Uint8Array): boolean {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  const tableOffset = Number(view.getBigUint64(0x20, true));
  const entrySize = view.getUint16(0x36, true);
  const count = view.getUint16(0x38, true);
  for (let index = 0; index < count; index++) {
    const header = tableOffset + index * entrySize;
    if (view.getUint32(header, true) !== 4) continue;
    const offset = Number(view.getBigUint64(header + 8, true));
    const size = Number(view.getBigUint64(header + 0x20, true));
    if (noteInside(view, offset, offset + size)) return true;
  }
  return false;
}

function noteInside(view: DataView, start: number, end: number): boolean {
  let at = start;
  while (at + 12 <= Math.min(end, view.byteLength)) {
    const nameSize = view.getUint32(at, true);
    const dataSize = view.getUint32(at + 4, true);
    const isXen = nameSize === 4 && view.getUint32(at + 12, true) === 0x006e6558;
    if (isXen && view.getUint32(at + 8, true) === 18) return true;
    at += 12 + align4(nameSize) + align4(dataSize);
  }
  return false;
}

function align4(size: number): number {
  return (size + 3) & ~3;
}
