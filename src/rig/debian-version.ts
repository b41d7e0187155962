/**
 * Debian's order of package versions: [epoch:]upstream[-revision], compared piecewise as text and
 * number, with `~` before everything, even the end. Needed to take the newest kernel of a suite.
 */

/** Negative, zero or positive, as a sort wants it. */
export function compareVersions(left: string, right: string): number {
  const a = split(left);
  const b = split(right);
  return (
    a.epoch - b.epoch || comparePart(a.upstream, b.upstream) || comparePart(a.revision, b.revision)
  );
}

function split(version: string): { epoch: number; upstream: string; revision: string } {
  const colon = version.indexOf(":");
  const epoch = colon < 0 ? 0 : Number(version.slice(0, colon));
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf("-");
  if (dash < 0) return { epoch, upstream: rest, revision: "" };
  return { epoch, upstream: rest.slice(0, dash), revision: rest.slice(dash + 1) };
}

function comparePart(left: string, right: string): number {
  let a = left;
  let b = right;
  while (a !== "" || b !== "") {
    const textA = /^\D*/.exec(a)?.[0] ?? "";
    const textB = /^\D*/.exec(b)?.[0] ?? "";
    const byText = compareText(textA, textB);
    if (byText !== 0) return byText;
    a = a.slice(textA.length);
    b = b.slice(textB.length);
    const digitsA = /^\d*/.exec(a)?.[0] ?? "";
    const digitsB = /^\d*/.exec(b)?.[0] ?? "";
    const byNumber = Number(digitsA) - Number(digitsB);
    if (byNumber !== 0) return byNumber;
    a = a.slice(digitsA.length);
    b = b.slice(digitsB.length);
  }
  return 0;
}

function compareText(left: string, right: string): number {
  const length = Math.max(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const difference = rank(left[at]) - rank(right[at]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** `~` sorts before the end, the end before letters, letters before everything else. */
function rank(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === "~") return -1;
  const code = character.charCodeAt(0);
  return /[A-Za-z]/.test(character) ? code : code + 256;
}
