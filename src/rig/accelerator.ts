/**
 * Whether this machine's KVM really runs guests. The device file may exist and every guest still
 * hang in its firmware, so the answer comes from one short boot of the very kernel, and emulation is
 * taken on any doubt.
 */
import { access, constants, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildInitramfs } from "./initramfs.ts";
import { boot, findQemu } from "./qemu.ts";
import type { Rig } from "./rigs.ts";

const probeSeconds = 6;

/** kvm when a guest with this kernel reached its init under it within seconds, else tcg. */
export async function chooseAccelerator(rig: Rig, signal?: AbortSignal): Promise<"tcg" | "kvm"> {
  const usable = await access("/dev/kvm", constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  const qemu = findQemu();
  if (!usable || !qemu.ok) return "tcg";
  const archive = await buildInitramfs(rig, new Uint8Array(), {}, [], { signal });
  if (!archive.ok) return "tcg";
  const folder = await mkdtemp(join(tmpdir(), "pinfold-probe-"));
  try {
    const initrd = join(folder, "initrd");
    await writeFile(initrd, archive.value);
    const result = await boot({
      qemu: qemu.value,
      kernel: rig.kernel,
      initrd,
      memoryMb: 256,
      cpus: 1,
      accelerator: "kvm",
      timeoutSeconds: probeSeconds,
      silenceSeconds: probeSeconds,
      signal,
    });
    return result.end === "off" ? "kvm" : "tcg";
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
