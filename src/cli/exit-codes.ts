/** What the process says to whoever started it. This table is the only one. */
export const exitCodes = {
  asExpected: 0,
  notAsExpected: 1,
  usage: 2,
  environment: 3,
  inconclusive: 4,
  limitReached: 124,
  interrupted: 130,
  internalError: 255,
} as const;

/** The table as `--help` prints it. */
export const exitCodeHelp = `Exit codes:
  0    as expected, or nothing was expected
  1    not as expected
  2    usage, parse error, unreadable input, unknown operation
  3    environment: no kernel, no QEMU, no compiler
  4    inconclusive, or everything was skipped
  124  a limit was reached
  130  interrupted; what was known has been printed
  255  internal error`;
