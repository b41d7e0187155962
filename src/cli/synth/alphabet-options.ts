/** `--kinds`, `--ops`, `--processes`: what programs are made of. */
import { nearest } from "../../litmus/nearest.ts";
import { type AlphabetOptions, coreFamilies, families, isKind } from "../../synth/alphabet.ts";

export interface AlphabetWords {
  readonly kinds: string | undefined;
  readonly ops: string | undefined;
  readonly pages: number | undefined;
  readonly processes: number | undefined;
}

export type AlphabetChoice =
  | { readonly ok: true; readonly value: AlphabetOptions }
  | { readonly ok: false; readonly message: string };

/** Reads the words; `--ops +mremap` adds to the core, `--ops all` is every family. */
export function chooseAlphabet(words: AlphabetWords): AlphabetChoice {
  const kinds = words.kinds?.split(",").map((kind) => kind.trim());
  const strange = kinds?.find((kind) => !isKind(kind));
  if (strange !== undefined)
    return { ok: false, message: `"${strange}" is not a page kind; write e.g. --kinds anon,thp` };
  const chosen = chooseFamilies(words.ops);
  if (!chosen.ok) return chosen;
  return {
    ok: true,
    value: {
      families: chosen.families,
      ...(kinds === undefined ? {} : { kinds }),
      ...(words.pages === undefined ? {} : { pages: words.pages }),
      ...(words.processes === undefined ? {} : { processes: words.processes }),
    },
  };
}

type FamilyChoice =
  | { readonly ok: true; readonly families: readonly string[] }
  | { readonly ok: false; readonly message: string };

function chooseFamilies(given: string | undefined): FamilyChoice {
  if (given === undefined) return { ok: true, families: coreFamilies };
  if (given === "all") return { ok: true, families };
  const adds = given.startsWith("+");
  const words = given
    .replace(/^\+/, "")
    .split(",")
    .map((word) => word.trim());
  const strange = words.find((word) => !families.includes(word));
  if (strange !== undefined) {
    const near = nearest(strange, families);
    const hint = near === undefined ? "" : `; did you mean ${near}?`;
    return {
      ok: false,
      message: `unknown operations "${strange}"${hint} (known: ${families.join(", ")})`,
    };
  }
  return { ok: true, families: adds ? [...coreFamilies, ...words] : words };
}
