/** One decision of one kernel explained: what it does, where it comes from, how it is known, who shows it. */

import type { EqualFlip } from "../kernels/equal.ts";
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
    ...hang("  Evidence  ", knownText(why), look.width),
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
    ...why.hiddenUnder.flatMap((flip) => hang("  ", hiddenText(flip), look.width)),
    ...seenLines(why, look),
  ];
  return `${lines.join("\n")}\n`;
}

/** How the decision is known at best. What no real kernel showed says so. */
function knownText({ seenOn, evidence, answers }: Why): string {
  if (seenOn.length === 0) return onlyText(evidence);
  const others = answers.length - 1;
  const each = seenOn.map(({ release, instead }) => {
    const told =
      instead.length === others ? "" : `, told from ${instead.length} of ${others} others`;
    return `${release}${told}`;
  });
  return `seen on real kernel ${each.join("; ")}; ${evidenceText(evidence)}`;
}

function onlyText({ kind, where }: Evidence): string {
  switch (kind) {
    case "read":
      return `read only: ${where}`;
    case "mail":
      return `stated in a mail only: ${where}`;
    case "derived":
      return `derived only: ${where}`;
    case "set":
      return `a question, set by ${where}`;
  }
}

function seenLines({ seenOn }: Why, look: Look): readonly string[] {
  const [best] = seenOn;
  if (best === undefined) return [];
  return [
    "",
    paletteOf(look).strong(`Tests that ${best.release} ended as modelled, and would not have`),
    ...best.instead.flatMap(({ value, tests }) =>
      hang("  ", `were it ${value}: ${tests.join(", ")}`, look.width),
    ),
  ];
}

function originText({ since, commit }: Why): string {
  return commit === undefined ? since : `${since}, commit ${commit}`;
}

/** Where the decision comes from. */
export function evidenceText({ kind, where }: Evidence): string {
  switch (kind) {
    case "read":
      return `read in ${where}`;
    case "mail":
      return `stated in a mail: ${where}`;
    case "derived":
      return `derived: ${where}`;
    case "set":
      return `set by ${where}`;
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

/** How far it is known that a value which no test shows changes nothing. */
function hiddenText({ name, value, by }: EqualFlip): string {
  const flip = `with ${name}=${value}: `;
  if (by.kind === "unasked") return `${flip}the same machine, no path of this kernel asks it`;
  if (by.kind === "open") return `${flip}no test (${by.why})`;
  return `${flip}no difference found in ${by.lenses.length} lenses and ${by.races} races`;
}

/** The explanations as JSON, schema 1. */
export function whyJson(found: readonly Why[]): string {
  const decisions = found.map(({ shownBy, hiddenUnder, ...rest }) => ({
    ...rest,
    commit: rest.commit ?? null,
    shownBy: shownBy.map(({ value, tests }) => ({ value, tests })),
    hiddenUnder: hiddenUnder.map(({ value, by }) => ({ value, by })),
  }));
  return `${JSON.stringify({ schema: 1, decisions }, undefined, 2)}\n`;
}
