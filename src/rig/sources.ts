/**
 * The user's own Debian mirror, read from apt's sources: the one-line `sources.list` form and the
 * deb822 `.sources` form. No mirror's name is known to this program; a machine whose apt names no
 * Debian archive can still add kernels from files.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readParagraphs } from "./deb822.ts";

export interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Options to carry over, as deb822 fields: Signed-By, Trusted ... */
  readonly options: ReadonlyMap<string, string>;
}

/** Where a suite's packages come from: the archive, and its security twin. */
export interface DebianMirror {
  readonly archive: AptSource;
  readonly security: AptSource;
}

const debianSuite =
  /^(buster|bullseye|bookworm|trixie|forky|duke|sid|(old)*stable|testing|unstable|experimental)(-|\/|$)/;
const carried = new Map([
  ["signed-by", "Signed-By"],
  ["trusted", "Trusted"],
  ["check-valid-until", "Check-Valid-Until"],
  ["check-date", "Check-Date"],
]);

/** Reads `deb [options] URI SUITE COMPONENT...` lines. */
export function readOneLineSources(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const line of text.split("\n")) {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)((?:\s+[^\s#]+)*)/.exec(line);
    if (match === null) continue;
    const options = new Map<string, string>();
    for (const word of (match[1] ?? "").split(/\s+/)) {
      const [name = "", value] = word.split("=");
      const field = carried.get(name.toLowerCase());
      if (field !== undefined && value !== undefined) options.set(field, value);
    }
    sources.push({
      uri: match[2] ?? "",
      suites: [match[3] ?? ""],
      components: words(match[4]),
      options,
    });
  }
  return sources;
}

/** Reads the paragraphs of a `.sources` file. */
export function readDeb822Sources(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const paragraph of readParagraphs(text)) {
    if (!words(paragraph.get("types")).includes("deb")) continue;
    if (paragraph.get("enabled")?.toLowerCase() === "no") continue;
    const options = new Map<string, string>();
    for (const [name, field] of carried) {
      const value = paragraph.get(name);
      if (value !== undefined) options.set(field, value);
    }
    for (const uri of words(paragraph.get("uris"))) {
      const suites = words(paragraph.get("suites"));
      sources.push({ uri, suites, components: words(paragraph.get("components")), options });
    }
  }
  return sources;
}

/** All sources of the machine, as apt itself would read them. */
export async function readMachineSources(folder = "/etc/apt"): Promise<AptSource[]> {
  const sources: AptSource[] = [];
  const main = await readFile(join(folder, "sources.list"), "utf8").catch(() => "");
  sources.push(...readOneLineSources(main));
  const parts = await readdir(join(folder, "sources.list.d")).catch(() => []);
  for (const name of parts.sort()) {
    const path = join(folder, "sources.list.d", name);
    if (name.endsWith(".list")) sources.push(...readOneLineSources(await readFile(path, "utf8")));
    if (name.endsWith(".sources")) sources.push(...readDeb822Sources(await readFile(path, "utf8")));
  }
  return sources;
}

/** The Debian archive among the sources, or undefined. */
export function debianMirror(sources: readonly AptSource[]): DebianMirror | undefined {
  const debian = sources.filter((source) => source.suites.some((suite) => debianSuite.test(suite)));
  const archive = debian.find((source) => !isSecurity(source));
  if (archive === undefined) return undefined;
  // A machine without a security source still has the archive's twin beside it, by custom.
  const security = debian.find(isSecurity) ?? {
    ...archive,
    uri: archive.uri.replace(/\/debian\/?$/, "/debian-security"),
  };
  return { archive, security };
}

function isSecurity(source: AptSource): boolean {
  return source.suites.every((suite) => /-security$|\/updates$/.test(suite));
}

function words(text: string | undefined): string[] {
  return (text ?? "").split(/\s+/).filter((word) => word !== "");
}
