/** C: pages that were written as huge and are mapped by small entries: dirty through those, too. */
import { type Helper, helper } from "./helper.ts";

const writeAgain = helper(
  "write_again",
  [],
  ["range"],
  `
/* Small entries that take a huge one's place may be clean: the pages have to be dirty through them. */
static void write_again(struct range page)
{
	for (size_t offset = 0; offset < page.length; offset += page.stride)
		__atomic_fetch_add(page.at + offset, 0, __ATOMIC_SEQ_CST);
}
`,
);

export const writeAgainHelpers: readonly Helper[] = [writeAgain];
