import { describe, expect, test } from "vitest";
import { lookOf, type Session, type Terminal } from "../../src/cli/session.ts";

const pipe: Terminal = { write: () => {}, isTerminal: false, columns: undefined };
const screen: Terminal = { write: () => {}, isTerminal: true, columns: 132 };

function look(
  terminal: Terminal,
  choice: "auto" | "always" | "never",
  environment: Session["environment"] = {},
) {
  const { signal } = new AbortController();
  const session: Session = { out: terminal, err: terminal, environment, folder: "/", signal };
  return lookOf(terminal, choice, session);
}

describe("how to print", () => {
  test("colour on a terminal, none in a pipe", () => {
    expect(look(screen, "auto").color).toBe(true);
    expect(look(pipe, "auto").color).toBe(false);
    expect(look(screen, "auto", { TERM: "dumb" }).color).toBe(false);
  });

  test("NO_COLOR and FORCE_COLOR decide where --color is auto", () => {
    expect(look(screen, "auto", { NO_COLOR: "1" }).color).toBe(false);
    expect(look(screen, "auto", { NO_COLOR: "" }).color).toBe(true);
    expect(look(pipe, "auto", { FORCE_COLOR: "1" }).color).toBe(true);
    expect(look(pipe, "auto", { FORCE_COLOR: "0" }).color).toBe(false);
    expect(look(pipe, "auto", { FORCE_COLOR: "1", NO_COLOR: "1" }).color).toBe(false);
  });

  test("--color wins over both", () => {
    expect(look(pipe, "always", { NO_COLOR: "1" }).color).toBe(true);
    expect(look(screen, "never", { FORCE_COLOR: "1" }).color).toBe(false);
  });

  test("the width is the terminal's, COLUMNS' or 80", () => {
    expect(look(screen, "auto").width).toBe(132);
    expect(look(pipe, "auto").width).toBe(80);
    expect(look(screen, "auto", { COLUMNS: "40" }).width).toBe(40);
    expect(look(pipe, "auto", { COLUMNS: "1" }).width).toBe(20);
  });
});
