/** What every HTML page of pinfold's shares: escaping, and a page that needs nothing from elsewhere. */

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Text as it may stand between tags or inside a quoted attribute. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (char) => entities[char] ?? char);
}

const style = `:root{--bad:#b3261e;--unsure:#8a6100;--good:#1b6e3c;--line:#8886}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin:2rem 0 .4rem}
pre{overflow-x:auto;background:#8881;padding:.6rem;border-radius:.3rem}code,pre{font-size:.85rem}
.scroll{overflow-x:auto}table{border-collapse:collapse}
th,td{text-align:left;padding:.2rem .8rem .2rem 0;border-bottom:1px solid var(--line);vertical-align:top}
summary{cursor:pointer}.bad{color:var(--bad)}.unsure{color:var(--unsure)}.good{color:var(--good)}
@media(prefers-color-scheme:dark){:root{--bad:#ff8a80;--unsure:#ffcf70;--good:#7fd6a0}body{background:#16181c;color:#e6e6e6}}`;

/** One self-contained page; `body` is markup. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeText(title)}</title><style>${style}</style></head><body>
<h1>${escapeText(title)}</h1>
${body}
</body></html>
`;
}

/** A table that scrolls by itself where the page is narrow; cells are markup. */
export function htmlTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (tag: string, cells: readonly string[]): string =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join("")}</tr>`;
  return `<div class="scroll"><table>${line("th", head)}${rows.map((row) => line("td", row)).join("\n")}</table></div>`;
}
