/** `pinfold fmt`: one layout, and no comment lost. */
import { describe, expect, it } from "vitest";
import { formatText } from "../../src/litmus/index.ts";

function formatted(text: string): string {
  const result = formatText(text);
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.value;
}

const messy = `(* who wrote it *)
Linux   T // the title
"words"
 CVE = CVE-2020-29374
/* before
   the pages */
{ page   x=anon swapped; // the page
  for kind in anon,shared   anon {page y=$kind;} }


P0 (int *x) {
  x=0x1 ;   // a store

  // before the load
  r0=x;r1 = fork( P1 ) ;
  h=pin(x,WRITE|FAST)times 2;  h . post(2);


  h.complete();
  // at the end
}
P1 { /* nothing */ }
// about the rest
locations[ 0:r0 ;x; ]
filter ((x==1))
~ exists( not 0:r0<>1 /\\ (x=1 \\/ x=2) ) // the condition
with ..v5.8:NEVER; // first
  v5.9..:Always;
// the last word
`;

const neat = `(* who wrote it *)
Linux T // the title
"words"
CVE=CVE-2020-29374
/* before
   the pages */
{
  page x = swapped anon; // the page
  for kind in anon, shared anon { page y = $kind; }
}

P0 {
  x = 1; // a store

  // before the load
  r0 = x;
  r1 = fork(P1);
  h = pin(x, WRITE | FAST) times 2;
  h.post(2);

  h.complete();
  // at the end
}
P1 {
  /* nothing */
}
// about the rest
locations [P0:r0; x]
filter (x = 1)
~exists (~(P0:r0 != 1) /\\ (x = 1 \\/ x = 2)) // the condition
with ..v5.8: never; // first
     v5.9..: always
// the last word
`;

describe("formatting", () => {
  it("makes a messy file neat", () => expect(formatted(messy)).toBe(neat));

  it("leaves a neat file alone", () => expect(formatted(neat)).toBe(neat));

  it("keeps blocks on one line that are, if they fit", () => {
    const text =
      "Linux T\n{ page x = anon; }\nP0 { x = 1; r0 = x; x = 2; r1 = x; }\nexists (true)\n";
    expect(formatted(text)).toBe(text);
    const long = text.replace("x = 1;", "x = 1; ".repeat(20).trim());
    expect(formatted(long)).toContain("P0 {\n  x = 1;\n  x = 1;");
  });

  it("breaks a long condition behind its connectives", () => {
    const parts = Array.from({ length: 12 }, (_, at) => `P0:r0 != ${1000 + at}`);
    const text = `Linux T\n{ page x = anon; }\nP0 { r0 = x; }\nexists (${parts.join(" /\\ ")})\n`;
    const lines = formatted(text).split("\n");
    expect(lines[3]).toBe("exists (P0:r0 != 1000 /\\");
    expect(lines[4]).toBe("        P0:r0 != 1001 /\\");
    expect(formatted(formatted(text))).toBe(formatted(text));
  });

  it("gives the diagnostics of what it cannot read", () => {
    const result = formatText("Linux T\n{ page x = anno; }\nP0 { }\nexists (true)\n");
    expect(result.ok).toBe(false);
    expect(result.diagnostics.map(({ code }) => code)).toEqual(["PF109"]);
  });
});
