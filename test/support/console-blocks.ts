/**
 * The `console` blocks of a page of documentation: commands behind `$ `, and what they print. A test
 * runs them, so a page shows what the program really says. UPDATE_DOCS=1 rewrites the blocks.
 */
import { spawnSync } from "node:child_process";
import { top } from "../../scripts/repository.ts";
import { entry } from "./cli.ts";

export interface ConsoleBlock {
  /** Offsets of the block's content in the page. */
  readonly start: number;
  readonly end: number;
  readonly commands: readonly { readonly command: string; readonly output: string }[];
}

/** Every console block of a page, in order. */
export function consoleBlocks(page: string): readonly ConsoleBlock[] {
  return [...page.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map((match) => {
    const content = match[1] ?? "";
    const start = match.index + "```console\n".length;
    const commands = content
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [command = "", ...output] = part.split("\n");
        return { command, output: output.join("\n") };
      });
    return { start, end: start + content.length, commands };
  });
}

/** What a command prints on both streams, with `npx pinfold` run from the build. */
export function printed(command: string): string {
  const script = `npx() { shift; "$NODE" "$ENTRY" "$@"; }\nexec 2>&1\n${command}\n`;
  const { stdout } = spawnSync("bash", ["-c", script], {
    cwd: top,
    encoding: "utf8",
    env: { ...process.env, NODE: process.execPath, ENTRY: entry, NO_COLOR: "1", COLUMNS: "80" },
  });
  return stdout;
}

/** Without what differs from run to run. */
export function masked(output: string): string {
  return output.replace(/^(Time \S+) [\d.]+$/gm, "$1 0.00").replace(/[ \t]+$/gm, "");
}

/** Counts over the whole library change with every test that it gets: any number will do there. */
export function uncounted(output: string): string {
  return output.replace(/^\d+ more: .*$/gm, (line) => line.replace(/\d+/g, "N"));
}

/** The page with every block's output as it is now. */
export function updated(page: string): string {
  return consoleBlocks(page).reduceRight((text, { start, end, commands }) => {
    const content = commands
      .map(({ command }) => `$ ${command}\n${masked(printed(command))}`)
      .join("");
    return text.slice(0, start) + content + text.slice(end);
  }, page);
}
