/** C: mremap() of a declared page: to a free address, where it is from then on, or over another page. */
import { type Helper, helper } from "./helper.ts";

const move = helper(
  "move",
  ["sys/mman.h", "errno.h"],
  ["range", "reserve"],
  `
/*
 * mremap() to a free address, a huge page as one and to a place of equal alignment; from then on the
 * page is found there.
 */
static int move(const char *name)
{
	struct range *old = &where[page_number(name)];
	bool huge = !(old->length % HUGE_ALIGNMENT);
	char *at = reserve(old->length, huge ? HUGE_ALIGNMENT : PAGE_SIZE);

	if (huge)
		at += (uintptr_t)old->at % HUGE_ALIGNMENT;
	at = mremap(old->at, old->length, old->length, MREMAP_MAYMOVE | MREMAP_FIXED, at);
	if (at == MAP_FAILED)
		return errno;
	old->at = at;
	ctl->places[own_number][page_number(name)] = at;
	return 0;
}
`,
);

const moveOut = helper(
  "move_out",
  ["sys/mman.h", "errno.h"],
  ["range"],
  `
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP	4
#endif

/* What was mapped there goes; the old place stays mapped. */
static int move_out(struct range from, struct range to)
{
	int flags = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;

	return mremap(from.at, from.length, from.length, flags, to.at) == MAP_FAILED ? errno : 0;
}
`,
);

export const moveHelpers: readonly Helper[] = [move, moveOut];
