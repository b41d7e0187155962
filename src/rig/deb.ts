/**
 * Unpacking a Debian package without dpkg: the `data.tar` member of its ar archive, decompressed
 * and read as a stream, of which only the wanted files are kept.
 */
import { createTarDecoder } from "modern-tar";
import { readAr } from "./ar.ts";
import { decompressStream } from "./decompress.ts";
import { done, failed, type RigResult } from "./problem.ts";

/** The wanted files of a package, by their path without a leading `./`. Links map to their target. */
export interface DebFiles {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly links: ReadonlyMap<string, string>;
}

/** Reads the files that the predicate wants. */
export async function readDeb(
  bytes: Uint8Array,
  wants: (path: string) => boolean,
): Promise<RigResult<DebFiles>> {
  const members = readAr(bytes);
  const data = members?.find((member) => member.name.startsWith("data.tar"));
  if (members?.[0]?.name !== "debian-binary" || data === undefined) {
    return failed(
      "badPackage",
      "The file is no Debian package: it has no debian-binary and data.tar members.",
      "Name a .deb file, a bzImage or a vmlinux.",
    );
  }
  const stream = decompressStream(data.data);
  if (!stream.ok) return stream;
  try {
    return done(await gather(stream.value, wants));
  } catch (error) {
    return failed(
      "badPackage",
      `The package's ${data.name} is damaged: ${error instanceof Error ? error.message : error}`,
      "Fetch the package again.",
    );
  }
}

async function gather(
  stream: ReadableStream<Uint8Array>,
  wants: (path: string) => boolean,
): Promise<DebFiles> {
  const files = new Map<string, Uint8Array>();
  const links = new Map<string, string>();
  const entries = stream.pipeThrough(createTarDecoder({ strict: true }));
  for await (const entry of entries as unknown as AsyncIterable<TarEntry>) {
    const path = entry.header.name.replace(/^(\.?\/)+/, "");
    const wanted = wants(path);
    if (wanted && entry.header.type === "file") files.set(path, await bodyOf(entry));
    else await drain(entry);
    if (wanted && entry.header.type === "symlink") links.set(path, entry.header.linkname ?? "");
  }
  return { files, links };
}

interface TarEntry {
  readonly header: { readonly name: string; readonly type?: string; readonly linkname?: string };
  readonly body: ReadableStream<Uint8Array>;
}

async function bodyOf(entry: TarEntry): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry.body as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function drain(entry: TarEntry): Promise<void> {
  for await (const _chunk of entry.body as unknown as AsyncIterable<Uint8Array>) {
    // Unwanted files are read past: the archive is one stream.
  }
}
