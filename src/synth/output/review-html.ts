/** A review as one HTML page that needs nothing else: the mail, then everything it had no room for. */
import { printFile } from "../../litmus/index.ts";
import { escapeText, htmlPage, htmlTable } from "../../report/html.ts";
import { drawRun } from "../../report/run.ts";
import { plainLook } from "../../report/style.ts";
import type { CheckResult } from "../../verdict/result.ts";
import type { Review } from "../review.ts";
import { boundText, searchedText } from "./bound.ts";
import { costWords, savingText } from "./cost-report.ts";
import { type RealReview, realWords } from "./review-real.ts";
import { programText, reviewText } from "./review-text.ts";

/** The page. */
export function reviewHtml(review: Review, real?: RealReview): string {
  const sections = [
    `<pre>${escapeText(reviewText(review, real))}</pre>`,
    librarySection(review),
    breachSection(review),
    programsSection(review),
    tellingSection(review),
    costSection(review),
    ...review.guards.map(guardSection),
    real === undefined ? "" : realSection(real),
    searchesSection(review),
  ];
  return htmlPage(`Review of ${review.kernel} against ${review.base}`, sections.join("\n"));
}

function runDetails(summary: string, { run, kernel }: CheckResult): string {
  if (run === undefined) return `<p>${summary}</p>`;
  const lines = drawRun(run, { sources: true }, { ...plainLook, width: 100 });
  return `<details><summary>${summary}: run on ${escapeText(kernel)}</summary><pre>${escapeText(lines.join("\n"))}</pre></details>`;
}

function librarySection({ changed, unmended, library, further }: Review): string {
  const rows = [...changed, ...further.changed].map(({ test, from, to, shown }) => [
    `<span class="${to === "never" ? "good" : "bad"}">${from} &rarr; ${to}</span>`,
    runDetails(escapeText(test.name), shown),
    escapeText(test.doc ?? ""),
  ]);
  const still = unmended.map(({ test, verdict, shown }) => [
    `<span class="unsure">still ${verdict}</span>`,
    runDetails(escapeText(test.name), shown),
    escapeText(test.doc ?? ""),
  ]);
  const head = ["verdict", "test", "if the kernel is wrong"];
  return `<h2>The library: ${library.run + further.run} tests</h2>${htmlTable(head, [...rows, ...still])}`;
}

function breachSection({ breaches, base }: Review): string {
  if (breaches.length === 0) return "";
  const blocks = breaches.map(({ test, breach: { invariant, holds, broken, run } }) => {
    const what = `${invariant}: ${holds}. ${test.name}: ${broken}`;
    const lines =
      run === undefined ? [] : drawRun(run, { sources: true }, { ...plainLook, width: 100 });
    const summary = `<span class="bad">${escapeText(what)}</span>`;
    return `<details><summary>${summary}</summary><pre>${escapeText(lines.join("\n"))}</pre></details>`;
  });
  return `<h2>Invariants that ${escapeText(base)} keeps</h2>${blocks.join("\n")}`;
}

function programsSection({ broken, base }: Review): string {
  const blocks = broken.map(({ litmus, outcome, kinds, isNew, result, test }) => {
    const what = `${outcome}, ${kinds.join(" and ")}${isNew ? `, not on ${base}` : ""}`;
    const summary = `<span class="${isNew ? "bad" : "unsure"}">${escapeText(what)}</span> <code>${escapeText(programText(test))}</code>`;
    return `${runDetails(summary, result)}<details><summary>the test</summary><pre>${escapeText(litmus)}</pre></details>`;
  });
  return `<h2>Programs that go wrong</h2>${blocks.join("\n") || "<p>None within the searches below.</p>"}`;
}

function tellingSection({ tests }: Review): string {
  const blocks = tests.map(({ test, outcome, decisions, verdicts }) => {
    const said = Object.entries(verdicts).map(([name, word]) => `${word} on ${name}`);
    const why = decisions.length === 0 ? "the kernel's own paths" : decisions.join(" and ");
    return `<details><summary>${escapeText(`${outcome}: ${said.join(", ")}; decided by ${why}`)}</summary><pre>${escapeText(printFile(test))}</pre></details>`;
  });
  return `<h2>Tests that tell the two apart</h2>${blocks.join("\n") || "<p>None.</p>"}`;
}

function costSection({ cost, base, kernel }: Review): string {
  const rows = cost.after.map((after, i) => {
    const [from, to] = [costWords(cost.before[i]!), costWords(after)];
    return [escapeText(after.pages), from, from === to ? to : `<strong>${to}</strong>`];
  });
  const saving =
    cost.countsLast === undefined ? "" : `<p>${escapeText(savingText(cost.countsLast))}</p>`;
  const head = ["page", escapeText(base), escapeText(kernel)];
  return `<h2>Fork of one page: atomic loads + read-modify-writes</h2>${htmlTable(head, rows)}${saving}`;
}

function guardSection({ label, reached, excluded }: Review["guards"][number]): string {
  const rows = reached.mappings.map(({ mapping, program }, i) => {
    const away = excluded?.mappings[i]?.program;
    return [
      escapeText(mapping),
      program === undefined ? "never" : `<code>${escapeText(program.join(" "))}</code>`,
      away === undefined ? "never" : `<code>${escapeText(away.join(" "))}</code>`,
    ];
  });
  const left = `<p>Programs of up to ${reached.depth} operations. Not modelled: ${escapeText(reached.notModelled.join(", "))}.</p>`;
  return `<h2>${escapeText(label)}</h2>${htmlTable(["mapping", "reaches it", "is turned away"], rows)}${left}`;
}

function realSection({ rigs, programs }: RealReview): string {
  const rows = programs.map(({ program, results }) => [
    `<code>${escapeText(program)}</code>`,
    ...results.map((result) => {
      const words = realWords(result);
      const look = words.startsWith("red") ? "bad" : words.startsWith("green") ? "good" : "unsure";
      const why = result.why === "" ? "" : `: ${result.why}`;
      return `<span class="${look}">${escapeText(`${words}${why}`)}</span>`;
    }),
  ]);
  return `<h2>The emitted C on real kernels</h2>${htmlTable(["program", ...rigs.map(escapeText)], rows)}`;
}

function searchesSection({ searches }: Review): string {
  const lines = searches.map((search) => {
    const cut = boundText(search);
    return `<li>${escapeText(`${searchedText(search)}${cut === undefined ? "" : `; ${cut}`}`)}</li>`;
  });
  return `<h2>How far was looked</h2><ul>${lines.join("")}</ul>`;
}
