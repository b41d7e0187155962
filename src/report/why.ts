/** One decision of one kernel explained: what it does, where it comes from, how it is known, who shows it. */
import type { Evidence } from "../kernels/index.ts";
import type { NoticedFlip } from "../kernels/noticed.ts";
import type { Why } from "../kernels/why.ts";
import { type Look, paletteOf } from "./style.ts";
import { hang } from "./wrap.ts";

/** The explanation as text. */
export function drawWhy(why: Why, look: Look): string {
  const paint = paletteOf(look);
  const others = why.answers.filter(({ value }) => value !== why.value);
  const lines = [
    ...hang("", `${why.kernel}: ${why.name} = ${why.value}`, look.width).map(paint.strong),
    ...hang("  ", why.why, look.width),
    ...hang("  Since     ", originText(why), look.width),
    ...hang("  Evidence  ", evidenceText(why.evidence), look.width),
    "",
    paint.strong("Other kernels"),
    ...others.flatMap(({ value, why: what, kernels }) => [
      ...hang("  ", `${value}: ${what ?? "no kernel does this"}`, look.width),
      ...hang("    ", kernels.join(", "), look.width).map(paint.faint),
    ]),
    "",
    paint.strong("Library tests that show it"),
    ...(why.shownBy.length === 0
      ? hang("  ", "None: no verdict changes when it is set otherwise.", look.width)
      : why.shownBy.flatMap((flip) => noticedLines(flip, look))),
  ];
  return `${lines.join("\n")}\n`;
}

function originText({ since, commit }: Why): string {
  return commit === undefined ? since : `${since}, commit ${commit}`;
}

/** How the decision is known. What nobody saw on a real kernel says so. */
export function evidenceText({ kind, where }: Evidence): string {
  switch (kind) {
    case "seen":
      return `seen on a real kernel: ${where}`;
    case "read":
      return `read only: ${where}`;
    case "mail":
      return `stated in a mail only: ${where}`;
    case "derived":
      return `derived only: ${where}`;
  }
}

function noticedLines({ name, value, tests }: NoticedFlip, look: Look): readonly string[] {
  return [
    ...hang("  ", `with ${name}=${value}`, look.width),
    ...tests.flatMap(({ test, verdict, flipped }) =>
      hang("    ", `${test}: ${verdict}, then ${flipped}`, look.width),
    ),
  ];
}

/** The explanations as JSON, schema 1. */
export function whyJson(found: readonly Why[]): string {
  const decisions = found.map(({ shownBy, ...rest }) => ({
    ...rest,
    commit: rest.commit ?? null,
    shownBy: shownBy.map(({ value, tests }) => ({ value, tests })),
  }));
  return `${JSON.stringify({ schema: 1, decisions }, undefined, 2)}\n`;
}
