/**
 * The command line before the parser sees it: herd's long options with one dash, and `-conf FILE`,
 * whose lines are options.
 */

/** herd's spelling -> ours. */
const herdSpellings: Readonly<Record<string, string>> = {
  "-model": "--kernel",
  "-I": "--include",
  "-o": "--output",
  "-conf": "--conf",
  "-version": "--version",
  "-help": "--help",
};

export type ExpandedArguments =
  | { readonly ok: true; readonly value: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** Expands the arguments; `read` gives a file's text or undefined. What follows `--` is left alone. */
export function expandArguments(
  given: readonly string[],
  read: (path: string) => string | undefined,
): ExpandedArguments {
  const expanded: string[] = [];
  for (let index = 0; index < given.length; index++) {
    const word = given[index] ?? "";
    if (word === "--") {
      return { ok: true, value: [...expanded, ...given.slice(index)] };
    }
    const ours = herdSpellings[word] ?? word;
    if (ours !== "--conf") {
      expanded.push(ours);
      continue;
    }
    index++;
    const path = given[index];
    const text = path === undefined ? undefined : read(path);
    if (text === undefined) {
      return { ok: false, message: `cannot read the configuration file ${path ?? "after -conf"}` };
    }
    expanded.push(...configurationOptions(text));
  }
  return { ok: true, value: expanded };
}

/** One option a line, with or without dashes, then its value; `#` begins a comment. */
function configurationOptions(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => {
    const [option = "", ...values] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (option === "") {
      return [];
    }
    const bare = option.replace(/^-+/, "");
    const name = herdSpellings[`-${bare}`] ?? (bare.length === 1 ? `-${bare}` : `--${bare}`);
    return values.length === 0 ? [name] : [name, values.join(" ")];
  });
}
