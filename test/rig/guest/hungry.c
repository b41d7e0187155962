// SPDX-License-Identifier: MIT
/* Two cases: the first takes all the memory that there is, the second needs none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void eat(void)
{
	for (;;) {
		char *more = malloc(1 << 20);

		if (more)
			memset(more, 1, 1 << 20);
	}
}

int main(int argc, char **argv)
{
	long only = 0;

	for (int i = 1; i + 1 < argc; i++)
		if (!strcmp(argv[i], "--only"))
			only = atol(argv[i + 1]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n1..%d\n", only ? 1 : 2);
	for (long i = 1; i <= 2; i++) {
		if (only && only != i)
			continue;
		printf("# running H%ld.o0 %ld\n", i, i);
		if (i == 1)
			eat();
		printf("# trials 1\n# valuation 1 fed=0;\n");
		printf("ok %ld H%ld.o0\n", only ? 1L : i, i);
	}
	return 0;
}
