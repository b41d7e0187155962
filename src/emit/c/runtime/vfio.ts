/**
 * C: memory mapped for a device behind an IOMMU, as a driver in user space does it. The device is an
 * e1000 network card that sends to itself: what it sends it fetches by DMA, what it receives it stores
 * by DMA, so it copies between a page of ours and the page of the test. Compare
 * drivers/vfio/vfio_iommu_type1.c:vfio_pin_pages_remote().
 */
import { type Helper, helper } from "./helper.ts";

const vfioCard = helper(
  "vfio_card",
  ["linux/pci_regs.h", "linux/vfio.h", "stdint.h", "string.h", "sys/mman.h", "unistd.h"],
  ["control", "give_up"],
  `
/* The card's registers and descriptors, as far as they are used here. */
enum {
	MDIC = 0x20, RCTL = 0x100, TCTL = 0x400,
	RDBAL = 0x2800, RDBAH = 0x2804, RDLEN = 0x2808, RDH = 0x2810, RDT = 0x2818,
	TDBAL = 0x3800, TDBAH = 0x3804, TDLEN = 0x3808, TDH = 0x3810, TDT = 0x3818,
};

#define RING		8			/* descriptors */
#define FRAME		64			/* bytes moved: the shortest Ethernet frame */
#define DESCRIPTOR_DONE	1

struct receive {
	uint64_t at;
	uint16_t length, sum;
	uint8_t status, errors;
	uint16_t special;
};

struct transmit {
	uint64_t at;
	uint16_t length;
	uint8_t sum, command, status, sum_start;
	uint16_t special;
};

/* The memory that the card shares with the tests: a page, and where the card sees it. */
struct card_memory {
	struct receive receive[RING];
	struct transmit transmit[RING];
	char frame[FRAME];
};

#define CARD_MEMORY	(1UL << 30)

static uint32_t card_register(int at)
{
	uint32_t value = 0;

	if (pread(ctl->vfio.device, &value, sizeof(value), ctl->vfio.registers + at) !=
	    sizeof(value))
		give_up("cannot read a register of the card");
	return value;
}

static void set_card(int at, uint32_t value)
{
	if (pwrite(ctl->vfio.device, &value, sizeof(value), ctl->vfio.registers + at) !=
	    sizeof(value))
		give_up("cannot write a register of the card");
}

static struct card_memory *map_card_memory(void)
{
	void *memory = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, ctl->vfio.memory, 0);

	if (memory == MAP_FAILED)
		give_up("cannot map the memory of the card");
	return memory;
}

/* One frame from where it is to where it shall be. Returns whether it arrived. */
static bool send_frame(struct card_memory *memory, uint64_t from, uint64_t to)
{
	uint32_t out = card_register(TDT) % RING, in = card_register(RDH) % RING;
	volatile uint8_t *sent = &memory->transmit[out].status;
	volatile uint8_t *received = &memory->receive[in].status;

	memory->receive[in] = (struct receive) { .at = to };
	memory->transmit[out] = (struct transmit) {
		.at = from,
		.length = FRAME,
		.command = 1 | 2 | 8,		/* a whole frame, with its sum, and report it */
	};
	set_card(RDT, (in + 1) % RING);
	set_card(TDT, (out + 1) % RING);
	for (int i = 0; i < 1000 && !(*sent & DESCRIPTOR_DONE); i++)
		usleep(100);
	for (int i = 0; i < 10 && !(*received & DESCRIPTOR_DONE); i++)
		usleep(100);
	return *received & DESCRIPTOR_DONE;
}
`,
);

const openVfio = helper(
  "open_vfio",
  [
    "dirent.h",
    "errno.h",
    "fcntl.h",
    "linux/vfio.h",
    "stdio.h",
    "stdlib.h",
    "string.h",
    "sys/ioctl.h",
    "sys/mman.h",
    "unistd.h",
  ],
  ["vfio_card", "born", "is_held"],
  `
/* The card that was given to vfio-pci, by its address, and the group it is in; -1 if there is none. */
static int vfio_group(char *address, size_t size)
{
	const char *drivers = "/sys/bus/pci/drivers/vfio-pci";
	DIR *folder = opendir(drivers);
	const struct dirent *entry;
	char path[PATH_MAX], group[PATH_MAX];
	ssize_t length = -1;

	while (folder && length < 0 && (entry = readdir(folder))) {
		if (!strchr(entry->d_name, ':'))
			continue;
		snprintf(address, size, "%.*s", (int)size - 1, entry->d_name);
		snprintf(path, sizeof(path), "%s/%s/iommu_group", drivers, entry->d_name);
		length = readlink(path, group, sizeof(group) - 1);
	}
	if (folder)
		closedir(folder);
	if (length < 0)
		return -1;
	group[length] = '\\0';
	snprintf(path, sizeof(path), "/dev/vfio/%s", strrchr(group, '/') + 1);
	return open(path, O_RDWR);
}

static int map_for_card(void *at, size_t length, uint64_t seen_at, bool writes)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | (writes ? VFIO_DMA_MAP_FLAG_WRITE : 0),
		.vaddr = (uintptr_t)at,
		.iova = seen_at,
		.size = length,
	};

	return ioctl(ctl->vfio.container, VFIO_IOMMU_MAP_DMA, &map) ? errno : 0;
}

/* Returns how much of it was mapped. */
static size_t unmap_for_card(uint64_t seen_at, size_t length)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap),
		.iova = seen_at,
		.size = length,
	};

	return ioctl(ctl->vfio.container, VFIO_IOMMU_UNMAP_DMA, &unmap) ? 0 : unmap.size;
}

/* Loop-back, everything received, both rings empty; then a frame until one arrives. */
static const char *wake_card(void)
{
	struct card_memory *memory = map_card_memory();
	bool arrived = false;

	set_card(MDIC, 1U << 26 | 1U << 21 | 0x4140);
	set_card(RDBAL, CARD_MEMORY);
	set_card(RDBAH, 0);
	set_card(RDLEN, sizeof(memory->receive));
	set_card(RDH, 0);
	set_card(RDT, 0);
	set_card(TDBAL, CARD_MEMORY + offsetof(struct card_memory, transmit));
	set_card(TDBAH, 0);
	set_card(TDLEN, sizeof(memory->transmit));
	set_card(TDH, 0);
	set_card(TDT, 0);
	set_card(RCTL, 1 << 1 | 1 << 3 | 1 << 4 | 1 << 15);
	set_card(TCTL, 1 << 1);
	for (int i = 0; i < 100 && !arrived; i++) {
		uint64_t frame = CARD_MEMORY + offsetof(struct card_memory, frame);

		arrived = send_frame(memory, frame, frame);
		if (!arrived)
			usleep(50 * 1000);
	}
	munmap(memory, PAGE_SIZE);
	return arrived ? NULL : "the card behind the IOMMU moves nothing";
}

static const char *claim_card(int group)
{
	struct vfio_region_info bar = { .argsz = sizeof(bar), .index = VFIO_PCI_BAR0_REGION_INDEX };
	struct vfio_region_info config = { .argsz = sizeof(bar), .index = VFIO_PCI_CONFIG_REGION_INDEX };
	uint16_t command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	struct card_memory *memory;

	if (ioctl(group, VFIO_GROUP_SET_CONTAINER, &ctl->vfio.container) ||
	    ioctl(ctl->vfio.container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		return "the IOMMU is not usable";
	ctl->vfio.device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, ctl->vfio.address);
	if (ctl->vfio.device < 0 || ioctl(ctl->vfio.device, VFIO_DEVICE_GET_REGION_INFO, &bar) ||
	    ioctl(ctl->vfio.device, VFIO_DEVICE_GET_REGION_INFO, &config))
		return "the card behind the IOMMU is not usable";
	fcntl(ctl->vfio.device, F_SETFD, 0);	/* the tests' card, not a process's: exec() keeps it */
	ctl->vfio.registers = bar.offset;
	if (pwrite(ctl->vfio.device, &command, sizeof(command), config.offset + PCI_COMMAND) !=
	    sizeof(command))
		return "the card behind the IOMMU cannot be switched on";
	ctl->vfio.memory = memfd_create("card", 0);
	if (ctl->vfio.memory < 0 || ftruncate(ctl->vfio.memory, PAGE_SIZE))
		return "no memory for the card";
	memory = map_card_memory();
	if (map_for_card(memory, PAGE_SIZE, CARD_MEMORY, true))
		return "the IOMMU maps nothing";
	munmap(memory, PAGE_SIZE);
	return wake_card();
}

/* The group, its container and the card, opened once: all processes have them. */
static bool has_vfio;

static const char *open_vfio(void)
{
	static typeof(ctl->vfio) known;
	static const char *lacking;

	if (!has_vfio) {
		ctl->vfio.trial = known.trial;
		lacking = "no device behind an IOMMU";
		has_vfio = true;
		ctl->vfio.group = vfio_group(ctl->vfio.address, sizeof(ctl->vfio.address));
		ctl->vfio.container = open("/dev/vfio/vfio", O_RDWR);
		if (ctl->vfio.group >= 0 && ctl->vfio.container >= 0)
			lacking = claim_card(ctl->vfio.group);
		known = ctl->vfio;
	}
	known.trial++;
	ctl->vfio = known;
	return lacking;
}

/* What a trial could not unmap is not in the way of the next. */
#define MAPPING_SIZE	(32UL << 20)

static uint64_t seen_by_card(const struct handle *h)
{
	uint64_t number = ctl->vfio.trial % 512 * MAX_NAMES + (h - ctl->handles) + 1;

	return CARD_MEMORY + number * MAPPING_SIZE;
}

/* Up to 5.10. What is mapped is lost with the container. */
static void __attribute__((noreturn)) lose_mapping(void)
{
	ctl->vfio.lost = true;
	give_up("only who mapped memory can unmap it on this kernel");
}

/*
 * What nobody of the test has open any more is unmapped, as with a container of its own; at the end
 * everybody unmaps what is theirs, since up to 5.10 only they can.
 */
static void close_mappings(bool at_end)
{
	for (int i = 0; i < MAX_NAMES; i++) {
		struct handle *h = &ctl->handles[i];

		if (h->kind != MAPPING || (at_end ? h->holders[0] != getpid() : is_held(h)))
			continue;
		h->kind = NO_HANDLE;
		if (!unmap_for_card(seen_by_card(h), MAPPING_SIZE) && !at_end)
			lose_mapping();
	}
}

static void end_mappings(void)
{
	bool left = ctl->vfio.lost;

	for (int i = 0; i < MAX_NAMES; i++) {
		left |= ctl->handles[i].kind == MAPPING;
		if (ctl->handles[i].kind == MAPPING)
			ctl->handles[i].kind = NO_HANDLE;
	}
	ctl->vfio.lost = false;
	if (!left || unmap_for_card(seen_by_card(ctl->handles), MAX_NAMES * MAPPING_SIZE))
		return;
	has_vfio = false;
	close(ctl->vfio.device);
	close(ctl->vfio.container);
	close(ctl->vfio.group);
	close(ctl->vfio.memory);
}
`,
);

const mapDma = helper(
  "map_dma",
  ["errno.h", "fcntl.h"],
  ["open_vfio", "handles", "range"],
  `
/* VFIO_IOMMU_MAP_DMA: the pages are pinned for as long as the mapping lives. */
static int map_dma(struct handle *h, struct range page, bool writes)
{
	if (page.length > MAPPING_SIZE)
		give_up("too much memory for one mapping");
	h->error = map_for_card(page.at, page.length, seen_by_card(h), writes);
	if (h->error)
		return not_made(h, h->error);
	made(h, MAPPING, ctl->vfio.container, page);
	/* One container for all: what exec() closes is unmapped by hand. */
	fcntl(ctl->vfio.container, F_SETFD, 0);
	return 0;
}
`,
);

const mappingTransfer = helper(
  "mapping_transfer",
  ["sched.h", "string.h", "sys/mman.h"],
  ["vfio_card", "open_vfio", "note", "give_up"],
  `
/* Have the card move a frame that begins with the word. Returns whether there was a handle. */
static bool mapping_transfer(const struct handle *h, int index, long *word, bool write)
{
	uint64_t frame = CARD_MEMORY + offsetof(struct card_memory, frame);
	uint64_t page = seen_by_card(h) + index * h->stride;
	struct card_memory *memory;
	bool arrived;

	if (!h->kind) {
		note("skipped, no handle", 0);
		return false;
	}
	while (__atomic_exchange_n(&ctl->vfio.busy, true, __ATOMIC_ACQUIRE))
		sched_yield();
	memory = map_card_memory();
	memset(memory->frame, 0, sizeof(memory->frame));
	memcpy(memory->frame, word, sizeof(*word));
	arrived = write ? send_frame(memory, frame, page) : send_frame(memory, page, frame);
	memcpy(word, memory->frame, sizeof(*word));
	munmap(memory, PAGE_SIZE);
	__atomic_store_n(&ctl->vfio.busy, false, __ATOMIC_RELEASE);
	if (!arrived)
		give_up("the card behind the IOMMU lost a frame");
	return true;
}
`,
);

const mappingWrite = helper(
  "mapping_write",
  [],
  ["mapping_transfer"],
  `
static int mapping_write(const struct handle *h, int index, long value)
{
	mapping_transfer(h, index, &value, true);
	return 0;
}
`,
);

const mappingRead = helper(
  "mapping_read",
  [],
  ["mapping_transfer", "number", "nothing"],
  `
static struct value mapping_read(const struct handle *h, int index)
{
	long word = -1;

	return mapping_transfer(h, index, &word, false) ? number(word) : nothing();
}
`,
);

const mappingUnpin = helper(
  "mapping_unpin",
  [],
  ["open_vfio", "note"],
  `
static int mapping_unpin(struct handle *h)
{
	if (!h->kind) {
		note("skipped, no handle", 0);
		return 0;
	}
	h->kind = NO_HANDLE;
	if (!unmap_for_card(seen_by_card(h), MAPPING_SIZE))
		lose_mapping();
	return 0;
}
`,
);

const mappingReaches = helper(
  "mapping_reaches",
  [],
  ["mapping_write", "mapping_read", "load", "number", "nothing"],
  `
/* Whether the device's frame is the process's: what it writes is read, then put back. */
static struct value mapping_reaches(const struct handle *h, int index, struct range page)
{
	const long mark = 0x70696e;
	struct value before = mapping_read(h, index);
	struct value seen;

	if (before.kind != NUMBER)
		return nothing();
	mapping_write(h, index, mark);
	seen = load(page);
	mapping_write(h, index, before.number);
	return number(seen.kind == NUMBER && seen.number == mark);
}
`,
);

export const vfioHelpers: readonly Helper[] = [
  vfioCard,
  openVfio,
  mapDma,
  mappingTransfer,
  mappingWrite,
  mappingRead,
  mappingUnpin,
  mappingReaches,
];
