// SPDX-License-Identifier: MIT
/* Looks at the world that init made: swap, huge pages, what is mounted. One case can end the guest. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static long fact(const char *path, const char *key)
{
	char line[256];
	long value = -1;
	FILE *file = fopen(path, "r");

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, key, strlen(key)))
			value = strtol(line + strlen(key), NULL, 10);
	if (file)
		fclose(file);
	return value;
}

static void look(void)
{
	void *huge = mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	int pagemap = open("/proc/self/pagemap", O_RDONLY);
	int flags = open("/proc/kpageflags", O_RDONLY);
	int debug = open("/sys/kernel/debug/sleep_time", O_RDONLY);

	(void)debug;
	printf("# order P0.0\n# trials 1\n# valuation 1 swap=%d; huge=%d; pagemap=%d; flags=%d;\n",
	       fact("/proc/meminfo", "SwapTotal:") > 0, huge != MAP_FAILED, pagemap >= 0,
	       flags >= 0);
}

static void panic_guest(void)
{
	int fd = open("/proc/sysrq-trigger", O_WRONLY);

	if (write(fd, "c", 1) != 1)
		perror("sysrq");
	sleep(5);
}

int main(int argc, char **argv)
{
	long only = 0;

	for (int i = 1; i + 1 < argc; i++)
		if (!strcmp(argv[i], "--only"))
			only = atol(argv[i + 1]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n1..%d\n", only ? 1 : 3);
	for (long i = 1; i <= 3; i++) {
		if (only && only != i)
			continue;
		printf("# running W%ld.o0 %ld\n", i, i);
		if (i == 2)
			panic_guest();
		else
			look();
		printf("ok %ld W%ld.o0\n", only ? 1L : i, i);
	}
	return 0;
}
