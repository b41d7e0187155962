import { describe, expect, it } from "vitest";
import { imageKind, imageRelease } from "../../src/rig/kernel-image.ts";

function elf(text: string): Uint8Array {
  const bytes = new Uint8Array(4096);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.set(new TextEncoder().encode(text), 1000);
  return bytes;
}

describe("a kernel's release", () => {
  it("is in the banner of a vmlinux, past other places that begin like it", () => {
    const image = elf("Linux version %s\0Linux version 6.1.0-56-amd64 (someone@somewhere) #1 SMP");
    expect(imageKind(image)).toBe("vmlinux");
    expect(imageRelease(image)).toBe("6.1.0-56-amd64");
  });

  it("is not known of an ELF without a banner, or of another file", () => {
    expect(imageRelease(elf("Linux version of something"))).toBeUndefined();
    expect(imageRelease(new Uint8Array(100))).toBeUndefined();
  });
});
