/** Reads the repository's own files, for the checks that look at all of them. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const top = fileURLToPath(new URL("..", import.meta.url));

/** Path -> text of every file that git knows or would add, whose path `wanted` accepts. */
export function repositoryFiles(wanted: (path: string) => boolean): Map<string, string> {
  const listing = execFileSync("git", ["ls-files", "-z", "-co", "--exclude-standard"], {
    cwd: top,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const paths = listing.split("\0").filter((path) => path !== "" && wanted(path));
  const files = new Map<string, string>();
  for (const path of paths.sort()) {
    const text = readIfThere(path);
    if (text !== undefined) {
      files.set(path, text);
    }
  }
  return files;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(join(top, path), "utf8");
  } catch {
    // Deleted in the work tree and not yet in the index: there is nothing to check.
    return undefined;
  }
}
