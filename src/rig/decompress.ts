/**
 * Decompression of what kernels and packages come in. xz is read by the library where no `xz`
 * command is installed; the library lacks the x86 filter that kernel images use, and zstd needs the
 * `zstd` command on this Node.
 */

import { Blob } from "node:buffer";
import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import xz from "xz-decompress";
import { findProgram, runCommand } from "./commands.ts";
import { done, failed, type RigResult } from "./problem.ts";

export type Compression = "xz" | "zstd" | "gzip" | "lz4" | "none";

/** Tells the compression by its first bytes. */
export function compressionOf(bytes: Uint8Array): Compression {
  const starts = (...magic: number[]) => magic.every((byte, at) => bytes[at] === byte);
  if (starts(0xfd, 0x37, 0x7a, 0x58, 0x5a)) return "xz";
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return "zstd";
  if (starts(0x1f, 0x8b)) return "gzip";
  if (starts(0x02, 0x21, 0x4c, 0x18) || starts(0x04, 0x22, 0x4d, 0x18)) return "lz4";
  return "none";
}

/** Decompresses as a stream, for archives too large to hold. */
export function decompressStream(bytes: Uint8Array): RigResult<ReadableStream<Uint8Array>> {
  const compression = compressionOf(bytes);
  if (compression === "none") return done(new Blob([bytes]).stream());
  const program = programFor(compression);
  if (program !== undefined) return done(throughProgram(program, bytes));
  if (compression === "xz") {
    return done(new xz.XzReadableStream(new Blob([bytes]).stream()));
  }
  if (compression === "gzip") return done(new Blob([gunzipSync(bytes)]).stream());
  return missing(compression);
}

/** Decompresses whole. Bytes after the compressed data are ignored, as a kernel image has them. */
export async function decompress(bytes: Uint8Array): Promise<RigResult<Uint8Array>> {
  const compression = compressionOf(bytes);
  if (compression === "none") return done(bytes);
  if (compression === "gzip") return done(gunzipSync(bytes));
  const program = programFor(compression);
  if (program !== undefined) {
    const result = await runCommand(program, stdoutOptions(program), { input: bytes });
    if (result.stdout.length > 0) return done(result.stdout);
    return failed(
      "badPackage",
      `The ${compression} data is damaged: ${result.stderr.trim()}`,
      "Fetch the file again.",
    );
  }
  if (compression !== "xz") return missing(compression);
  try {
    const stream = new xz.XzReadableStream(new Blob([bytes]).stream());
    return done(new Uint8Array(await new Response(stream).arrayBuffer()));
  } catch (error) {
    return failed("noDecompressor", `This xz data needs the xz command (${error}).`, install("xz"));
  }
}

function throughProgram(program: string, bytes: Uint8Array): ReadableStream<Uint8Array> {
  const child = spawn(program, stdoutOptions(program), { stdio: ["pipe", "pipe", "ignore"] });
  child.stdin.on("error", () => undefined);
  child.stdin.end(bytes);
  return Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>;
}

function programFor(compression: Compression): string | undefined {
  return compression === "gzip" || compression === "none" ? undefined : findProgram(compression);
}

/** `--single-stream` lets xz stop before the size that a kernel image appends. */
function stdoutOptions(program: string): string[] {
  return program.endsWith("xz") ? ["-dc", "--single-stream"] : ["-dc"];
}

function missing(compression: Compression) {
  return failed("noDecompressor", `The ${compression} command is missing.`, install(compression));
}

function install(compression: string): string {
  const packageName = compression === "xz" ? "xz-utils" : compression;
  return `Install it: apt-get install ${packageName}`;
}
