import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { boot, classify, cleanLine, lastLines, qemuWords } from "../../src/rig/qemu.ts";

const folder = mkdtempSync(join(tmpdir(), "pinfold-qemu-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const options = {
  qemu: "qemu-system-x86_64",
  kernel: "K",
  initrd: "I",
  memoryMb: 512,
  cpus: 2,
  accelerator: "tcg",
  timeoutSeconds: 5,
  silenceSeconds: 5,
} as const;

describe("a guest's end", () => {
  it("is off only when init said so", () => {
    expect(classify(["=== pinfold up", "=== pinfold off"], undefined).end).toBe("off");
    expect(classify(["=== pinfold up", "ok 1 x.o0"], undefined)).toEqual({
      end: "panic",
      why: "the guest ended without a word",
    });
  });

  it("tells hang, panic and no boot apart", () => {
    expect(classify(["=== pinfold up"], "time").end).toBe("hang");
    expect(classify(["=== pinfold up"], "silence").end).toBe("hang");
    expect(classify(["=== pinfold up", "[ 1.0] Kernel panic - x"], "time").end).toBe("panic");
    expect(classify(["[ 1.0] Kernel panic - no init"], undefined)).toEqual({
      end: "no-boot",
      why: "Kernel panic - no init",
    });
    expect(classify([], "time").end).toBe("no-boot");
    expect(classify([], undefined, "qemu: could not load kernel").why).toContain("could not load");
    expect(classify(["=== pinfold up"], "interrupt").end).toBe("interrupted");
  });
});

describe("the console", () => {
  it("loses what firmware paints", () => {
    expect(cleanLine("\u001bc\u001b[?7l\u001b[2J\u001b[0mhello\r")).toBe("hello");
    expect(lastLines(["a", "", " ", "b"], 2)).toEqual(["a", "b"]);
  });
});

describe("the command line", () => {
  it("emulates a processor that all kernels survive", () => {
    const words = qemuWords(options);
    expect(words.join(" ")).toContain("-accel tcg -cpu qemu64,-cx16 -m 512 -smp 2");
    expect(words.at(-1)).toContain("quiet");
    expect(qemuWords({ ...options, verbose: true }).at(-1)).not.toContain("quiet");
    expect(words).not.toContain("-drive");
    expect(words.join(" ")).not.toContain("iommu");
    const card = qemuWords({ ...options, iommu: true });
    expect(card.join(" ")).toContain("-machine q35 -device intel-iommu,intremap=off -device e1000");
    expect(card.at(-1)).toContain("intel_iommu=on");
    expect(qemuWords({ ...options, disks: ["D"] })).toContain("file=D,format=raw,if=virtio");
  });
});

describe("a guest that goes wrong", () => {
  it("is killed when it is silent", async () => {
    const silent = join(folder, "silent");
    writeFileSync(silent, "#!/bin/sh\necho === pinfold up\nexec sleep 60\n", { mode: 0o755 });
    const result = await boot({ ...options, qemu: silent, silenceSeconds: 0.3 });
    expect(result).toMatchObject({ end: "hang", why: "the guest fell silent" });
  });

  it("is killed when it floods its console", async () => {
    const flood = join(folder, "flood");
    writeFileSync(
      flood,
      "#!/bin/sh\necho === pinfold up\nexec head -c 80000000 /dev/zero # no line ends\n",
      {
        mode: 0o755,
      },
    );
    const result = await boot({ ...options, qemu: flood, timeoutSeconds: 60 });
    expect(result).toMatchObject({ end: "hang", why: "the guest flooded its console" });
  });

  it("says so when somebody else killed its emulator", async () => {
    const shot = join(folder, "shot");
    const script = (line: string) => `#!/bin/sh\n${line}\nkill -9 $$\n`;
    writeFileSync(shot, script("echo === pinfold up"), { mode: 0o755 });
    const why = "QEMU was killed by SIGKILL";
    expect(await boot({ ...options, qemu: shot })).toMatchObject({ end: "panic", why });
    writeFileSync(shot, script(":"), { mode: 0o755 });
    expect(await boot({ ...options, qemu: shot })).toMatchObject({ end: "no-boot", why });
  });

  it("is killed when the user interrupts", async () => {
    const result = await boot({ ...options, signal: AbortSignal.abort() });
    expect(result.end).toBe("interrupted");
  });

  it("is named when its emulator cannot start", async () => {
    const result = await boot({ ...options, qemu: "/nowhere/qemu" });
    expect(result.end).toBe("no-boot");
    expect(result.why).toMatch(/ENOENT|No such file/);
  });
});
