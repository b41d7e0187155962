/**
 * The parser of paths' sources. It is a CommonJS module: imported, Node reads through its whole text
 * for the names it exports before running it, which takes longer than all the rest of compiling a
 * model; asked for through `require`, it does not. A browser has no `require`, and imports it.
 */
import type * as parser from "@babel/parser";

interface NodeModule {
  readonly createRequire: (from: string) => (name: string) => typeof parser;
}
interface WithNode {
  readonly process?: { readonly getBuiltinModule?: (name: "module") => NodeModule };
}

const node = (globalThis as WithNode).process?.getBuiltinModule?.("module");

export const { parse } =
  node === undefined
    ? await import("@babel/parser")
    : node.createRequire((import.meta as unknown as { readonly url: string }).url)("@babel/parser");
