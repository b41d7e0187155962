/** C: waiting until what was swapped out is written. Compare mm/page_io.c:end_swap_bio_write(). */
import { type Helper, helper } from "./helper.ts";

const disksRest = helper(
  "disks_rest",
  ["stdio.h", "unistd.h"],
  [],
  `
static bool disks_are_busy(void)
{
	FILE *stats = fopen("/proc/diskstats", "re");
	unsigned int requests;
	bool busy = false;
	char line[256];

	while (stats && fgets(line, sizeof(line), stats))
		if (sscanf(line, "%*u %*u %*s %*u %*u %*u %*u %*u %*u %*u %*u %u", &requests) == 1 && requests)
			busy = true;
	if (stats)
		fclose(stats);
	return busy;
}

/* A page that is still being written to its swap device cannot leave the swap cache. */
static void let_disks_rest(void)
{
	for (int i = 0; i < 200 && disks_are_busy(); i++)
		usleep(1000);
}
`,
);

export const restHelpers: readonly Helper[] = [disksRest];
