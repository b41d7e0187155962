import { describe, expect, test } from "vitest";
import { repositoryFiles } from "../../scripts/repository.ts";
import { markBreaches, tidyBreaches } from "../../scripts/tidy.ts";

/** Files that are one long table: they may be as long as the table is. */
const tables: readonly string[] = [];

const isTypeScript = (path: string): boolean => /\.(ts|tsx)$/.test(path);
const isText = (path: string): boolean =>
  /\.(md|json|litmus|c|h|sh|yml|html|css)$|^\.ci\/|^LICENSE$/.test(path) &&
  path !== "package-lock.json";

describe("tidy", () => {
  test("every TypeScript file keeps the house style", () => {
    const files = repositoryFiles((path) => isTypeScript(path) && !path.endsWith(".generated.ts"));
    expect(files.size).toBeGreaterThan(10);
    const breaches = [...files].flatMap(([path, text]) =>
      tidyBreaches(path, text, tables.includes(path)),
    );
    expect(breaches).toEqual([]);
  });

  test("no text file has open ends or names a place of one machine", () => {
    const files = repositoryFiles(isText);
    expect([...files].flatMap(([path, text]) => markBreaches(path, text))).toEqual([]);
  });

  test("every test file has a test", () => {
    const files = repositoryFiles((path) => path.startsWith("test/") && path.endsWith(".test.ts"));
    const empty = [...files].filter(([, text]) => !/\b(test|it)(\.\w+(\([^)]*\))?)?\(/.test(text));
    expect(empty.map(([path]) => path)).toEqual([]);
  });

  test("a long line, a long file and a long function are found", () => {
    expect(tidyBreaches("src/mm/a.ts", `// ${"x".repeat(120)}\n`, false)).toHaveLength(1);
    expect(tidyBreaches("src/mm/a.ts", `f(\`a\n${"x ".repeat(60)}\`);\n`, false)).toEqual([]);
    expect(tidyBreaches("src/mm/a.ts", `f(\n${"x, ".repeat(60)});\n`, false)).toHaveLength(1);
    expect(tidyBreaches("src/mm/a.ts", "\n".repeat(501), false)).toHaveLength(1);
    expect(tidyBreaches("src/mm/a.ts", "\n".repeat(501), true)).toEqual([]);
    const long = `function f() {\n${"  f();\n".repeat(75)}}\n`;
    expect(tidyBreaches("src/mm/a.ts", long, false)).toHaveLength(1);
  });

  test("an open end, a place of one machine and a version test are found", () => {
    expect(markBreaches("a.md", `TO${"DO"}: later`)).toHaveLength(1);
    expect(markBreaches("a.md", `see /wo${"rk/"}main`)).toHaveLength(1);
    expect(tidyBreaches("src/mm/a.ts", 'if (kernel.name === "v5.8") {}', false)).toHaveLength(1);
    expect(tidyBreaches("src/mm/a.ts", "if (kernel.early) {}", false)).toEqual([]);
  });
});
