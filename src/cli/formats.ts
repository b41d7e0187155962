/**
 * `--format json` prints JSON instead of text; `--format json:FILE` writes it to a file and leaves
 * the text alone. The option may stand several times, but only one format can have the standard
 * output.
 */
export type FormatName = "text" | "json" | "ktap" | "junit" | "sarif" | "html";

export interface FormatTarget {
  readonly format: FormatName;
  /** undefined is the standard output. */
  readonly file: string | undefined;
}

export type FormatChoice =
  | { readonly ok: true; readonly targets: readonly FormatTarget[] }
  | { readonly ok: false; readonly message: string };

/** Reads the options; `supported` are the command's formats and `output` is what `-o` names. */
export function chooseFormats(
  given: readonly string[],
  output: string | undefined,
  supported: readonly FormatName[],
): FormatChoice {
  const targets: FormatTarget[] = [];
  for (const word of given) {
    const [name = "", ...rest] = word.split(":");
    const format = supported.find((candidate) => candidate === name);
    if (format === undefined) {
      const known = supported.join(", ");
      return { ok: false, message: `unknown format "${name}"; this command knows ${known}` };
    }
    const file = rest.join(":");
    if (file === "" && word.includes(":")) {
      return { ok: false, message: `--format ${word} names no file; write --format ${name}:FILE` };
    }
    targets.push({ format, file: file === "" ? output : file });
  }
  const free = targets.filter(({ file }) => file === output);
  if (free.length > 1) {
    const formats = free.map(({ format }) => format).join(" and ");
    return {
      ok: false,
      message: `${formats} cannot both go to one place; write --format ${free[1]?.format}:FILE`,
    };
  }
  return free.length === 1
    ? { ok: true, targets }
    : { ok: true, targets: [{ format: "text", file: output }, ...targets] };
}
