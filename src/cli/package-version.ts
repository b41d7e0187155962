import { readFileSync } from "node:fs";

/** The version of package.json, which stands two folders up in the source and in the build. */
export function packageVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
