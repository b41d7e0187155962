/** `--kernel v5.8,v5.9` or `--kernel all`: which modelled kernels are meant. */
import { nearest } from "../litmus/nearest.ts";
import type { KernelName } from "../report/check-report.ts";

export type KernelChoice =
  | { readonly ok: true; readonly kernels: readonly KernelName[] }
  | { readonly ok: false; readonly message: string };

/** The kernels named, in the order of the shelf; all of them when none is named. */
export function chooseKernels(
  given: readonly string[],
  shelf: readonly KernelName[],
): KernelChoice {
  const names = given.flatMap((word) => word.split(",")).map((name) => name.trim());
  const wanted = names.filter((name) => name !== "");
  if (wanted.length === 0 && given.length > 0) {
    return { ok: false, message: "--kernel names no kernel; `pinfold kernels` lists them" };
  }
  if (wanted.length === 0 || wanted.includes("all")) {
    return { ok: true, kernels: shelf };
  }
  const known = shelf.map(({ name }) => name);
  for (const name of wanted) {
    if (!known.includes(name)) {
      const near = nearest(name, known);
      const hint = near === undefined ? "" : `; did you mean ${near}?`;
      return {
        ok: false,
        message: `unknown kernel "${name}"${hint} (\`pinfold kernels\` lists them)`,
      };
    }
  }
  return { ok: true, kernels: shelf.filter(({ name }) => wanted.includes(name)) };
}
