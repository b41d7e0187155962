// SPDX-License-Identifier: MIT
/*
 * Five cases of a bad batch: the second writes over its own report what no console should show, the third
 * never ends and says nothing, the fourth dies by a signal.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_garbage(void)
{
	for (int i = 0; i < 2000; i++)
		putchar(i * 37 % 251);
	printf("\nok\nnot ok 77 - # \n1..9999\n    # valuation\n\x1b[2J\x1b[31mok 3\n");
}

int main(int argc, char **argv)
{
	long only = 0;

	for (int i = 1; i + 1 < argc; i++)
		if (!strcmp(argv[i], "--only"))
			only = atol(argv[i + 1]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n1..%d\n", only ? 1 : 5);
	for (long i = 1; i <= 5; i++) {
		if (only && only != i)
			continue;
		printf("# running L%ld.o0 %ld\n", i, i);
		if (i == 2)
			write_garbage();
		while (i == 3)
			pause();
		if (i == 4)
			raise(SIGSEGV);
		printf("# trials 1\n# valuation 1 x=%ld;\n", i);
		printf("ok %ld L%ld.o0\n", only ? 1L : i, i);
	}
	return 0;
}
