/** C: the request to page memory out, and whether there is anywhere to page it out to. */
import { type Helper, helper } from "./helper.ts";

const pageOut = helper(
  "page_out",
  ["stdbool.h", "stdio.h", "sys/mman.h"],
  ["advise", "pagemap", "kpageflags", "give_up"],
  `
#define KPF_SWAPBACKED	(1ULL << 14)

/* Below the heading of the list is a line for each device. */
static bool has_swap(void)
{
	char line[256];
	FILE *list = fopen("/proc/swaps", "r");
	bool some = list && fgets(line, sizeof(line), list) && fgets(line, sizeof(line), list);

	if (list)
		fclose(list);
	return some;
}

/* Only where there is swap does this take memory that has no file. */
static int page_out(struct range page)
{
	for (size_t offset = 0; !has_swap() && offset < page.length; offset += PAGE_SIZE) {
		const char *at = page.at + offset;

		if (pagemap_entry(at) & PM_PRESENT && kpageflags(at) & KPF_SWAPBACKED)
			give_up("there is no swap to page out to");
	}
	return advise(page, MADV_PAGEOUT);
}
`,
);

export const pageOutHelpers: readonly Helper[] = [pageOut];
