/** C: what a test's condition asks of the final values. */
import { type Helper, helper } from "./helper.ts";

const conditions = helper(
  "text_of",
  [],
  ["control", "index_of"],
  `
/* The final value of something observed, as text. */
static const char *text_of(const char *name, char *text, size_t size)
{
	value_text(ctl->observed[index_of(name, test->observed)], text, size);
	return strncmp(text, "refused:", 8) ? text : text + 8;
}
`,
);

const seenIs = helper(
  "seen_is",
  ["string.h", "stdbool.h"],
  ["text_of"],
  `
/* What never came to be equals nothing. */
static bool seen_is(const char *name, const char *expected)
{
	char text[32];

	return !strcmp(text_of(name, text, sizeof(text)), expected) && strcmp(text, "-");
}
`,
);

const seenSame = helper(
  "seen_same",
  ["string.h", "stdbool.h"],
  ["text_of"],
  `
static bool seen_same(const char *left, const char *right)
{
	char one[32], other[32];

	return !strcmp(text_of(left, one, sizeof(one)), text_of(right, other, sizeof(other))) &&
	       strcmp(one, "-");
}
`,
);

export const conditionHelpers: readonly Helper[] = [conditions, seenIs, seenSame];
