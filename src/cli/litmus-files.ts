/**
 * Which files a command means: a file itself, every `*.litmus` below a folder in sorted order, or
 * the paths that an `@file` lists, one a line.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";

export interface FoundFiles {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** One sentence for each argument that led nowhere. */
  readonly problems: readonly string[];
}

interface Search {
  readonly folder: string;
  /** Further folders in which a path that is not found here is looked for. */
  readonly includes: readonly string[];
}

/** Finds and reads the files. A file that is meant twice is read once. */
export function findLitmusFiles(given: readonly string[], search: Search): FoundFiles {
  const paths = new Set<string>();
  const problems: string[] = [];
  for (const argument of given) {
    const found = filesOf(argument, search, new Set());
    if (typeof found === "string") {
      problems.push(found);
    } else {
      for (const path of found) {
        paths.add(path);
      }
    }
  }
  const files: { path: string; text: string }[] = [];
  for (const path of paths) {
    const text = readText(path);
    if (text === undefined) {
      problems.push(`cannot read ${shown(path, search.folder)}`);
    } else {
      files.push({ path: shown(path, search.folder), text });
    }
  }
  return { files, problems };
}

/** Absolute paths, or a sentence that says why there are none. `lists` are the `@files` entered. */
function filesOf(
  argument: string,
  search: Search,
  lists: ReadonlySet<string>,
): readonly string[] | string {
  const candidates = [search.folder, ...search.includes].map((folder) =>
    resolve(search.folder, folder, argument),
  );
  const path = candidates.find((candidate) => kindOf(candidate) !== undefined);
  if (path === undefined) {
    return argument.startsWith("@")
      ? filesOfList(argument, search, lists)
      : `cannot find ${argument}`;
  }
  if (kindOf(path) === "folder") {
    const found = litmusBelow(path);
    return found.length === 0 ? `there is no .litmus file in ${argument}` : found;
  }
  return basename(path).startsWith("@") ? listedFiles(path, search, lists) : [path];
}

/** `@list` where the file's own name has no `@`. */
function filesOfList(
  argument: string,
  search: Search,
  lists: ReadonlySet<string>,
): readonly string[] | string {
  const path = resolve(search.folder, argument.slice(1));
  return kindOf(path) === "file"
    ? listedFiles(path, search, lists)
    : `cannot find the list ${argument.slice(1)}`;
}

function listedFiles(
  path: string,
  search: Search,
  lists: ReadonlySet<string>,
): readonly string[] | string {
  if (lists.has(path)) {
    return `the list ${shown(path, search.folder)} names itself`;
  }
  const lines = (readText(path) ?? "").split("\n").map((line) => line.replace(/#.*/, "").trim());
  const inner = { ...search, folder: dirname(path) };
  const found: string[] = [];
  for (const line of lines.filter((text) => text !== "")) {
    const files = filesOf(line, inner, new Set([...lists, path]));
    if (typeof files === "string") {
      return `${files} (listed in ${shown(path, search.folder)})`;
    }
    found.push(...files);
  }
  return found;
}

function litmusBelow(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.name.startsWith(".") || entry.name === "node_modules") {
        return [];
      }
      if (kindOf(path) === "folder") {
        return entry.isSymbolicLink() ? [] : litmusBelow(path);
      }
      return entry.name.endsWith(".litmus") ? [path] : [];
    });
}

function kindOf(path: string): "file" | "folder" | undefined {
  try {
    return statSync(path).isDirectory() ? "folder" : "file";
  } catch {
    return undefined;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function shown(path: string, folder: string): string {
  const near = relative(folder, path);
  return near === "" || near.startsWith("..") ? path : near;
}
