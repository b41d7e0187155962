// SPDX-License-Identifier: MIT
/*
 * The first and only system program of a guest: it mounts what tests look at, obeys a script of a
 * few commands (load a module, make swap, make a soft-RoCE link, run a program), frames what the
 * program prints by lines that nothing else prints, and powers off.
 *
 *	module FILE			load a kernel module
 *	rdma				a soft-RoCE link on a dummy network device
 *	vfio VENDOR DEVICE		give PCI devices of this kind to drivers in user space
 *	zram DEVICE BYTES		a compressed swap device in memory
 *	swap DEVICE			swap on a disk
 *	files DEVICE			a file system on a disk; programs run in it
 *	hugepages N			reserve N huge pages of the default size
 *	run PROGRAM ARGUMENT...		run a test program to its end
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <rdma/rdma_netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define MAX_WORDS 32

static void note(const char *what, const char *about)
{
	printf("=== pinfold note %s %s: %s\n", what, about, strerror(errno));
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	ssize_t done = -1;

	if (fd >= 0) {
		done = write(fd, text, strlen(text));
		close(fd);
	}
	if (done < 0)
		note("write", path);
	return done < 0 ? -1 : 0;
}

static void mount_all(void)
{
	/* What a kernel lacks is no error here: the test that needs it will say so. */
	mkdir("/dev", 0755);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sys", "/sys", "sysfs", 0, NULL);
	mount("debug", "/sys/kernel/debug", "debugfs", 0, NULL);
	mount("tmp", "/tmp", "tmpfs", 0, NULL);
	mkdir("/dev/shm", 01777);
	mount("shm", "/dev/shm", "tmpfs", 0, NULL);
	mount("huge", "/huge", "hugetlbfs", 0, NULL);
}

static void load_module(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST))
		note("module", path);
	if (fd >= 0)
		close(fd);
}

static void set_up_vfio(const char *vendor, const char *device)
{
	char id[32];

	/* The emulated IOMMU does not remap interrupts, and no test waits for one. */
	write_file("/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts", "1");
	snprintf(id, sizeof(id), "%s %s", vendor, device);
	write_file("/sys/bus/pci/drivers/vfio-pci/new_id", id);
}

/* The swap header: its version and last page after a page's first kilobyte, its name at the end. */
static int make_swap(const char *device, unsigned long long bytes)
{
	static char page[4096];
	unsigned int *info = (unsigned int *)(page + 1024);
	int fd = open(device, O_RDWR);

	if (fd < 0)
		return -1;
	if (!bytes)
		bytes = lseek(fd, 0, SEEK_END);
	info[0] = 1;
	info[1] = bytes / sizeof(page) - 1;
	memcpy(page + sizeof(page) - 10, "SWAPSPACE2", 10);
	if (pwrite(fd, page, sizeof(page), 0) != sizeof(page)) {
		close(fd);
		return -1;
	}
	fsync(fd);
	close(fd);
	return swapon(device, 0);
}

static void set_up_zram(const char *device, const char *bytes)
{
	if (write_file("/sys/block/zram0/disksize", bytes) ||
	    make_swap(device, strtoull(bytes, NULL, 10)))
		note("swap", device);
}

/* Little-endian numbers of a file system's structures. */
static void put(unsigned char *at, int bytes, unsigned long value)
{
	for (int i = 0; i < bytes; i++)
		at[i] = value >> 8 * i;
}

/* An empty minix file system of the first version: the smallest that writes back to a disk. */
static int make_files(const char *device)
{
	enum { BLOCK = 1024, INODES = 256, FIRST = 2 + 1 + 1 + INODES * 32 / BLOCK };
	static unsigned char disk[(FIRST + 1) * BLOCK];
	unsigned char *super = disk + BLOCK, *inodes = disk + 2 * BLOCK, *zones = disk + 3 * BLOCK;
	unsigned char *root = disk + 4 * BLOCK, *folder = disk + FIRST * BLOCK;
	int fd = open(device, O_RDWR), done;
	unsigned long blocks;

	if (fd < 0)
		return -1;
	blocks = lseek(fd, 0, SEEK_END) / BLOCK;
	if (blocks > 8000)
		blocks = 8000;			/* what one block's bits can tell */

	put(super, 2, INODES);
	put(super + 2, 2, blocks);
	put(super + 4, 2, 1);
	put(super + 6, 2, 1);
	put(super + 8, 2, FIRST);
	put(super + 12, 4, (7 + 512 + 512 * 512) * BLOCK);
	put(super + 16, 2, 0x137f);
	put(super + 18, 2, 1);
	memset(inodes, 0xff, BLOCK);
	memset(zones, 0xff, BLOCK);
	for (unsigned long i = 2; i <= INODES; i++)
		inodes[i / 8] &= ~(1 << i % 8);
	for (unsigned long i = 2; i <= blocks - FIRST; i++)
		zones[i / 8] &= ~(1 << i % 8);
	put(root, 2, 040755);
	put(root + 4, 4, 32);
	root[13] = 2;
	put(root + 14, 2, FIRST);
	put(folder, 2, 1);
	strcpy((char *)folder + 2, ".");
	put(folder + 16, 2, 1);
	strcpy((char *)folder + 18, "..");
	done = pwrite(fd, disk, sizeof(disk), 0) == sizeof(disk) && !fsync(fd);
	close(fd);
	return done ? 0 : -1;
}

static void set_up_files(const char *device)
{
	if (make_files(device) || mount(device, "/files", "minix", 0, NULL) || chdir("/files"))
		note("files", device);
}

static void set_address(const char *device, const char *address)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in *in;
	struct ifreq request;

	memset(&request, 0, sizeof(request));
	strncpy(request.ifr_name, device, IFNAMSIZ - 1);
	in = (struct sockaddr_in *)&request.ifr_addr;
	in->sin_family = AF_INET;
	inet_pton(AF_INET, address, &in->sin_addr);
	if (ioctl(fd, SIOCSIFADDR, &request))
		note("address", device);
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(fd, SIOCSIFFLAGS, &request))
		note("up", device);
	close(fd);
}

static void add_text(struct nlmsghdr *message, int type, const char *text)
{
	struct nlattr *one = (struct nlattr *)((char *)message + NLMSG_ALIGN(message->nlmsg_len));

	one->nla_type = type;
	one->nla_len = NLA_HDRLEN + strlen(text) + 1;
	strcpy((char *)one + NLA_HDRLEN, text);
	message->nlmsg_len = NLMSG_ALIGN(message->nlmsg_len) + NLA_ALIGN(one->nla_len);
}

/* Asks the RDMA core for a soft-RoCE device on a network device, as `rdma link add` does. */
static int link_rxe(const char *device)
{
	char buffer[512] = { 0 };
	struct nlmsghdr *message = (struct nlmsghdr *)buffer;
	struct nlmsgerr *answer;
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_RDMA);

	if (fd < 0)
		return -1;
	message->nlmsg_len = NLMSG_HDRLEN;
	message->nlmsg_type = RDMA_NL_GET_TYPE(RDMA_NL_NLDEV, RDMA_NLDEV_CMD_NEWLINK);
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	add_text(message, RDMA_NLDEV_ATTR_DEV_NAME, "rxe0");
	add_text(message, RDMA_NLDEV_ATTR_LINK_TYPE, "rxe");
	add_text(message, RDMA_NLDEV_ATTR_NDEV_NAME, device);
	if (send(fd, buffer, message->nlmsg_len, 0) < 0 || recv(fd, buffer, sizeof(buffer), 0) < 0) {
		close(fd);
		return -1;
	}
	close(fd);
	answer = NLMSG_DATA(message);
	errno = message->nlmsg_type == NLMSG_ERROR ? -answer->error : 0;
	return errno ? -1 : 0;
}

static void set_up_rdma(void)
{
	set_address("lo", "127.0.0.1");
	set_address("dummy0", "10.0.0.1");
	if (link_rxe("dummy0"))
		note("rdma", "rxe0");
}

static void run_program(char **words)
{
	int status = 0;
	pid_t child;

	printf("=== pinfold begin %s\n", words[0]);
	fflush(stdout);
	child = fork();
	if (!child) {
		setsid();
		execv(words[0], words);
		_exit(127);
	}
	/* Orphans of a test end here as well; only the program's own end counts. */
	while (waitpid(-1, &status, 0) != child)
		;
	/* The program may have stopped in the middle of a line. */
	if (WIFSIGNALED(status))
		printf("\n=== pinfold end signal %d\n", WTERMSIG(status));
	else
		printf("\n=== pinfold end exit %d\n", WEXITSTATUS(status));
	fflush(stdout);
}

static int split(char *line, char **words)
{
	int count = 0;
	char *word = strtok(line, " \n");

	while (word && count < MAX_WORDS - 1) {
		words[count++] = word;
		word = strtok(NULL, " \n");
	}
	words[count] = NULL;
	return count;
}

static void obey(char *line)
{
	char *words[MAX_WORDS];
	int count = split(line, words);

	if (!count)
		return;
	if (!strcmp(words[0], "module") && count == 2)
		load_module(words[1]);
	else if (!strcmp(words[0], "rdma"))
		set_up_rdma();
	else if (!strcmp(words[0], "vfio") && count == 3)
		set_up_vfio(words[1], words[2]);
	else if (!strcmp(words[0], "zram") && count == 3)
		set_up_zram(words[1], words[2]);
	else if (!strcmp(words[0], "swap") && count == 2 && make_swap(words[1], 0))
		note("swap", words[1]);
	else if (!strcmp(words[0], "files") && count == 2)
		set_up_files(words[1]);
	else if (!strcmp(words[0], "hugepages") && count == 2)
		write_file("/proc/sys/vm/nr_hugepages", words[1]);
	else if (!strcmp(words[0], "run") && count > 1)
		run_program(words + 1);
}

int main(void)
{
	static char line[1024];
	FILE *script;

	mount_all();
	printf("\n=== pinfold up\n");
	fflush(stdout);
	/* Only what ends the guest may still speak on the console. */
	write_file("/proc/sys/kernel/printk", "2 4 1 7");
	/* A killer of processes would leave a test running without some of them. */
	write_file("/proc/sys/vm/panic_on_oom", "1");
	/* Huge pages come and go as tests say, not when the kernel finds time. */
	write_file("/sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan", "1");
	write_file("/sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs", "4294967295");
	/* A fault brings the page that was asked for, not its neighbours in the file. */
	write_file("/sys/kernel/debug/fault_around_bytes", "4096");
	script = fopen("/script", "re");
	while (script && fgets(line, sizeof(line), script))
		obey(line);
	printf("=== pinfold off\n");
	fflush(stdout);
	sync();
	/* A serial line is slow: what it has not sent by the end is lost. */
	tcdrain(STDOUT_FILENO);
	reboot(RB_POWER_OFF);
	return 0;
}
