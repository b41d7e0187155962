// SPDX-License-Identifier: MIT
/*
 * A device that takes references and pins as told, in every way that a driver could, writes and reads
 * through them, and tells how the caller's memory is mapped. For tests in a guest that is thrown
 * away: whoever may open /dev/pinfold may do all of it.
 */
/* Without objtool, which not every machine can run, the branches of static keys are laid out plainly. */
#undef CONFIG_HAVE_JUMP_LABEL_HACK

#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pagemap.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include "pinfold_interface.h"

#define MOST_PAGES	(1U << 16)

/* An open file: the pages it holds, one after the other, "times" times over. */
struct hold {
	struct mutex lock;
	struct page **pages;
	unsigned long count;
	bool pinned;
};

static long get_slowly(unsigned long address, unsigned long count, unsigned int flags,
		       struct page **pages, bool pin)
{
	long got;

	mmap_read_lock(current->mm);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	got = pin ? pin_user_pages(address, count, flags, pages)
		  : get_user_pages(address, count, flags, pages);
#else
	got = pin ? pin_user_pages(address, count, flags, pages, NULL)
		  : get_user_pages(address, count, flags, pages, NULL);
#endif
	mmap_read_unlock(current->mm);
	return got;
}

static long get_fast(unsigned long address, unsigned long count, unsigned int flags,
		     struct page **pages, bool pin)
{
	return pin ? pin_user_pages_fast(address, count, flags, pages)
		   : get_user_pages_fast(address, count, flags, pages);
}

static void let_go(struct page **pages, unsigned long count, bool pin)
{
	unsigned long i;

	for (i = 0; i < count; i++) {
		if (pin)
			unpin_user_page(pages[i]);
		else
			put_page(pages[i]);
	}
}

static long hold_pages(struct hold *hold, const struct pinfold_pin *asked)
{
	bool pin = !(asked->flags & PINFOLD_GET);
	unsigned long done = 0, all;
	unsigned int flags = 0;
	struct page **pages;

	if (hold->pages)
		return -EBUSY;
	if (!asked->pages || !asked->times || !asked->stride || asked->pages > MOST_PAGES ||
	    asked->times > MOST_PAGES / asked->pages)
		return -EINVAL;
	if (asked->flags & PINFOLD_WRITE)
		flags |= FOLL_WRITE;
	if (asked->flags & PINFOLD_LONGTERM)
		flags |= FOLL_LONGTERM;
	if (asked->flags & PINFOLD_FORCE)
		flags |= FOLL_FORCE;
	all = (unsigned long)asked->pages * asked->times;
	pages = kvcalloc(all, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	while (done < all) {
		unsigned long index = done % asked->pages;
		unsigned long run = asked->stride == 1 ? asked->pages - index : 1;
		unsigned long at = asked->address + index * asked->stride * PAGE_SIZE;
		long got = asked->flags & PINFOLD_FAST ? get_fast(at, run, flags, pages + done, pin)
						       : get_slowly(at, run, flags, pages + done, pin);

		if (got <= 0) {
			let_go(pages, done, pin);
			kvfree(pages);
			return got ? got : -EFAULT;
		}
		done += got;
	}
	hold->pages = pages;
	hold->count = all;
	hold->pinned = pin;
	return 0;
}

static void drop(struct hold *hold)
{
	if (!hold->pages)
		return;
	let_go(hold->pages, hold->count, hold->pinned);
	kvfree(hold->pages);
	hold->pages = NULL;
}

static long move_word(struct hold *hold, struct pinfold_word *word, bool store)
{
	s64 *at;

	if (!hold->pages || word->index >= hold->count)
		return -ENOENT;
	at = kmap(hold->pages[word->index]);
	if (store)
		WRITE_ONCE(*at, word->value);
	else
		word->value = READ_ONCE(*at);
	kunmap(hold->pages[word->index]);
	return 0;
}

/* Walked by hand, on x86-64, for a process that does nothing meanwhile. */
static void find_entry(struct mm_struct *mm, struct pinfold_state *state)
{
	unsigned long address = state->address;
	pgd_t *pgd = pgd_offset(mm, address);
	p4d_t *p4d;
	pud_t *pud;
	pmd_t *pmd;

	if (pgd_none(*pgd))
		return;
	p4d = p4d_offset(pgd, address);
	if (p4d_none(*p4d))
		return;
	pud = pud_offset(p4d, address);
	if (pud_none(*pud) || !pud_present(*pud))
		return;
	pmd = pmd_offset(pud, address);
	if (pmd_none(*pmd))
		return;
	if (!pmd_present(*pmd) || (pmd_val(*pmd) & _PAGE_PSE)) {
		state->entry = pmd_val(*pmd);
		state->flags |= PINFOLD_HUGE;
		if (pmd_present(*pmd))
			state->frame = pmd_pfn(*pmd) + ((address & ~PMD_MASK) >> PAGE_SHIFT);
		return;
	}
	state->entry = pte_val(*pte_offset_kernel(pmd, address));
	if (pte_present(__pte(state->entry)))
		state->frame = pte_pfn(__pte(state->entry));
}

static bool is_zero_frame(const struct pinfold_state *state)
{
	/* A huge entry without a page that anybody counts is the huge zero page's. */
	if (state->flags & PINFOLD_HUGE)
		return !PageAnon(compound_head(pfn_to_page(state->frame))) &&
		       !compound_head(pfn_to_page(state->frame))->mapping;
	return state->frame == page_to_pfn(ZERO_PAGE(state->address));
}

/* Entries of every level that map this very page. */
static int mappings_of(struct page *page)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	return page_mapcount(page);
#else
	struct folio *folio = page_folio(page);
	int whole = folio_test_large(folio) ? folio_entire_mapcount(folio) : 0;

	return (folio_test_hugetlb(folio) ? 0 : atomic_read(&page->_mapcount) + 1) + whole;
#endif
}

/* A large page has a counter of its pins; a pin of a small one is so many references. */
static int pins_of(struct page *head)
{
	if (!PageCompound(head))
		return page_ref_count(head) / GUP_PIN_COUNTING_BIAS;
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
	return head_compound_pincount(head);
#else
	return atomic_read(&page_folio(head)->_pincount);
#endif
}

static bool maybe_pinned(struct page *page)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
	return folio_maybe_dma_pinned(page_folio(page));
#else
	return page_maybe_dma_pinned(page);
#endif
}

static void describe_page(struct pinfold_state *state)
{
	struct page *page = pfn_to_page(state->frame);
	struct page *head = compound_head(page);

	if (is_zero_frame(state)) {
		state->flags |= PINFOLD_ZERO;
		return;
	}
	if (PageCompound(page))
		state->flags |= PINFOLD_LARGE;
	state->mappings = mappings_of(page);
	state->references = page_ref_count(head);
	state->pins = pins_of(head);
	if (PageAnon(head)) {
		state->flags |= PINFOLD_ANON;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 19, 0)
		if (PageAnonExclusive(state->flags & PINFOLD_HUGE ? head : page))
			state->flags |= PINFOLD_EXCLUSIVE;
#endif
	}
	if (maybe_pinned(page))
		state->flags |= PINFOLD_MAYBE_PINNED;
}

static void describe_entry(struct pinfold_state *state)
{
	pte_t entry = __pte(state->entry);

	if (!pte_present(entry)) {
		if (!state->entry)
			return;
		state->flags |= PINFOLD_SWAP;
		state->frame = __pte_to_swp_entry(entry).val;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 19, 0)
		if (pte_swp_exclusive(entry))
			state->flags |= PINFOLD_EXCLUSIVE;
#endif
		return;
	}
	state->flags |= PINFOLD_PRESENT;
	if (pte_write(entry))
		state->flags |= PINFOLD_WRITABLE;
	if (pte_dirty(entry))
		state->flags |= PINFOLD_DIRTY;
	if (state->entry & _PAGE_SOFT_DIRTY)
		state->flags |= PINFOLD_SOFT_DIRTY;
#ifdef _PAGE_UFFD_WP
	if (state->entry & _PAGE_UFFD_WP)
		state->flags |= PINFOLD_UFFD_WP;
#endif
	if (pfn_valid(state->frame))
		describe_page(state);
}

/* The memory of a process that the caller names, or of the caller. */
static struct mm_struct *memory_of(int process)
{
	struct mm_struct *mm = NULL;
	struct task_struct *task;
	struct pid *pid;

	if (!process)
		return get_task_mm(current);
	pid = find_get_pid(process);
	task = get_pid_task(pid, PIDTYPE_PID);
	put_pid(pid);
	if (task) {
		mm = get_task_mm(task);
		put_task_struct(task);
	}
	return mm;
}

static long tell_state(struct pinfold_state *state)
{
	struct mm_struct *mm = memory_of(state->process);
	struct vm_area_struct *area;

	state->entry = 0;
	state->frame = 0;
	state->flags = 0;
	state->references = state->mappings = state->pins = -1;
	if (!mm)
		return -ESRCH;
	mmap_read_lock(mm);
	area = find_vma(mm, state->address);
	if (area && area->vm_start <= state->address) {
		find_entry(mm, state);
		describe_entry(state);
	} else {
		state->flags |= PINFOLD_UNMAPPED;
	}
	mmap_read_unlock(mm);
	mmput(mm);
	return 0;
}

/*
 * The scan of NUMA balancing calls this function, which the kernel offers to nobody else: a probe that
 * is taken away at once tells where it lies. Holding the memory, we are a second user of it: of a single
 * one pages on the node where it runs are left alone.
 */
static long hint(const struct pinfold_state *asked)
{
	unsigned long (*take_rights)(struct vm_area_struct *, unsigned long, unsigned long);
	struct kprobe finder = { .symbol_name = "change_prot_numa" };
	unsigned long at = asked->address & PAGE_MASK;
	struct mm_struct *mm = memory_of(asked->process);
	struct vm_area_struct *area;
	long changed = register_kprobe(&finder);

	if (mm && !changed) {
		take_rights = (void *)finder.addr;
		unregister_kprobe(&finder);
		mmap_read_lock(mm);
		area = find_vma(mm, at);
		if (area && area->vm_start <= at)
			changed = take_rights(area, at, at + PAGE_SIZE);
		mmap_read_unlock(mm);
	}
	if (mm)
		mmput(mm);
	return mm ? changed : -ESRCH;
}

static long reaches(struct hold *hold, const struct pinfold_word *word)
{
	struct pinfold_state state = { .address = word->value };

	if (!hold->pages || word->index >= hold->count)
		return -ENOENT;
	if (tell_state(&state))
		return 0;
	return (state.flags & PINFOLD_PRESENT) &&
	       state.frame == page_to_pfn(hold->pages[word->index]);
}

#define MOST_OPENERS	3

/* There is one gate. It is set, waited at and opened by threads of one test. */
static struct {
	struct mutex lock;
	struct hold *owner;			/* the open file that set it */
	struct task_struct *task;
	struct mm_struct *mm;
	struct kprobe at;
	struct kprobe openers[MOST_OPENERS];
	char names[MOST_OPENERS + 1][40];
	unsigned int calls_left;
	u64 patience;
	unsigned long address;			/* of the page whose calls count; 0: all */
	unsigned int argument;
	bool held, opened, late, waited;
} gate = { .lock = __MUTEX_INITIALIZER(gate.lock) };

/*
 * A probe must not sleep, so the thread spins; whoever opens the gate needs a processor of its own.
 * Interrupts stay as they are where the function was called.
 */
static int stand_still(struct kprobe *probe, struct pt_regs *regs)
{
	u64 end;

	if (current != gate.task || gate.held)
		return 0;
	if (gate.address &&
	    (regs_get_kernel_argument(regs, gate.argument) & PAGE_MASK) != gate.address)
		return 0;
	if (--gate.calls_left)
		return 0;
	end = ktime_get_mono_fast_ns() + gate.patience;
	smp_store_release(&gate.held, true);
	while (!smp_load_acquire(&gate.opened)) {
		if (ktime_get_mono_fast_ns() > end) {
			gate.late = true;
			break;
		}
		cpu_relax();
	}
	return 0;
}
NOKPROBE_SYMBOL(stand_still);

static int let_go_on(struct kprobe *probe, struct pt_regs *regs)
{
	if (current == gate.task || current->mm != gate.mm || !READ_ONCE(gate.held))
		return 0;
	if (probe != &gate.openers[0] && !READ_ONCE(gate.opened))
		gate.waited = true;
	smp_store_release(&gate.opened, true);
	return 0;
}
NOKPROBE_SYMBOL(let_go_on);

static void take_gate_away(void)
{
	int i;

	WRITE_ONCE(gate.opened, true);
	unregister_kprobe(&gate.at);
	for (i = 0; i < MOST_OPENERS; i++)
		if (gate.openers[i].symbol_name)
			unregister_kprobe(&gate.openers[i]);
	gate.owner = NULL;
}

static void probe_at(struct kprobe *probe, const char *symbol, kprobe_pre_handler_t handler)
{
	memset(probe, 0, sizeof(*probe));
	probe->symbol_name = symbol;
	probe->pre_handler = handler;
}

/* What a kernel lacks it does not call. */
static void try_probe(struct kprobe *probe, const char *symbol, kprobe_pre_handler_t handler)
{
	probe_at(probe, symbol, handler);
	if (!symbol[0] || register_kprobe(probe))
		probe->symbol_name = NULL;
}

static long set_gate(struct hold *hold, const struct pinfold_gate *asked)
{
	int i, error;

	if (gate.owner)
		return -EBUSY;
	for (i = 0; i < MOST_OPENERS; i++)
		strscpy(gate.names[i], asked->opens[i], sizeof(gate.names[i]));
	strscpy(gate.names[MOST_OPENERS], asked->symbol, sizeof(gate.names[0]));
	gate.task = current;
	gate.mm = current->mm;
	gate.calls_left = asked->call;
	gate.patience = (u64)asked->milliseconds * NSEC_PER_MSEC;
	gate.held = gate.opened = gate.late = gate.waited = false;
	gate.address = asked->address & PAGE_MASK;
	gate.argument = asked->argument;
	probe_at(&gate.at, gate.names[MOST_OPENERS], stand_still);
	error = register_kprobe(&gate.at);
	if (error)
		return error;
	for (i = 0; i < MOST_OPENERS; i++)
		try_probe(&gate.openers[i], gate.names[i], let_go_on);
	gate.owner = hold;
	return 0;
}

static long end_gate(struct hold *hold)
{
	if (gate.owner != hold)
		return -ENOENT;
	take_gate_away();
	return (gate.held ? PINFOLD_GATE_HELD : 0) | (gate.late ? PINFOLD_GATE_LATE : 0) |
	       (gate.waited ? PINFOLD_GATE_WAITED : 0);
}

static long wait_at_gate(unsigned long milliseconds)
{
	u64 end = ktime_get_mono_fast_ns() + (u64)milliseconds * NSEC_PER_MSEC;

	while (!smp_load_acquire(&gate.held)) {
		if (ktime_get_mono_fast_ns() > end)
			return -ETIMEDOUT;
		if (fatal_signal_pending(current))
			return -EINTR;
		usleep_range(50, 100);
	}
	return 0;
}

/* None of these waits for the lock of the file: threads that share it wait for each other here. */
static long obey_gate(struct hold *hold, unsigned int command, unsigned long argument)
{
	struct pinfold_gate asked;
	long result;

	switch (command) {
	case PINFOLD_GATE_WAIT:
		return wait_at_gate(argument);
	case PINFOLD_GATE_OPEN:
		smp_store_release(&gate.opened, true);
		return 0;
	case PINFOLD_GATE_SET:
		if (copy_from_user(&asked, (void __user *)argument, sizeof(asked)))
			return -EFAULT;
		mutex_lock(&gate.lock);
		result = set_gate(hold, &asked);
		mutex_unlock(&gate.lock);
		return result;
	default:
		mutex_lock(&gate.lock);
		result = end_gate(hold);
		mutex_unlock(&gate.lock);
		return result;
	}
}

static long obey(struct hold *hold, unsigned int command, void __user *user)
{
	struct pinfold_pin pin;
	struct pinfold_word word;
	struct pinfold_state state;
	long error;

	switch (command) {
	case PINFOLD_PIN:
		if (copy_from_user(&pin, user, sizeof(pin)))
			return -EFAULT;
		return hold_pages(hold, &pin);
	case PINFOLD_UNPIN:
		if (!hold->pages)
			return -ENOENT;
		drop(hold);
		return 0;
	case PINFOLD_STORE:
	case PINFOLD_LOAD:
		if (copy_from_user(&word, user, sizeof(word)))
			return -EFAULT;
		error = move_word(hold, &word, command == PINFOLD_STORE);
		if (!error && command == PINFOLD_LOAD && copy_to_user(user, &word, sizeof(word)))
			return -EFAULT;
		return error;
	case PINFOLD_REACHES:
		if (copy_from_user(&word, user, sizeof(word)))
			return -EFAULT;
		return reaches(hold, &word);
	case PINFOLD_HELD:
		if (copy_from_user(&word, user, sizeof(word)))
			return -EFAULT;
		if (!hold->pages || word.index >= hold->count)
			return -ENOENT;
		word.value = page_to_pfn(hold->pages[word.index]);
		return copy_to_user(user, &word, sizeof(word)) ? -EFAULT : 0;
	case PINFOLD_STATE:
		if (copy_from_user(&state, user, sizeof(state)))
			return -EFAULT;
		error = tell_state(&state);
		return copy_to_user(user, &state, sizeof(state)) ? -EFAULT : error;
	case PINFOLD_HINT:
		if (copy_from_user(&state, user, sizeof(state)))
			return -EFAULT;
		return hint(&state);
	default:
		return -ENOTTY;
	}
}

static long pinfold_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct hold *hold = file->private_data;
	long result;

	switch (command) {
	case PINFOLD_GATE_SET:
	case PINFOLD_GATE_WAIT:
	case PINFOLD_GATE_OPEN:
	case PINFOLD_GATE_END:
		return obey_gate(hold, command, argument);
	}
	mutex_lock(&hold->lock);
	result = obey(hold, command, (void __user *)argument);
	mutex_unlock(&hold->lock);
	return result;
}

static int pinfold_open(struct inode *inode, struct file *file)
{
	struct hold *hold = kzalloc(sizeof(*hold), GFP_KERNEL);

	if (!hold)
		return -ENOMEM;
	mutex_init(&hold->lock);
	file->private_data = hold;
	return 0;
}

static int pinfold_release(struct inode *inode, struct file *file)
{
	struct hold *hold = file->private_data;

	mutex_lock(&gate.lock);
	if (gate.owner == hold)
		take_gate_away();
	mutex_unlock(&gate.lock);
	drop(hold);
	kfree(hold);
	return 0;
}

static const struct file_operations pinfold_operations = {
	.owner = THIS_MODULE,
	.open = pinfold_open,
	.release = pinfold_release,
	.unlocked_ioctl = pinfold_ioctl,
};

static struct miscdevice pinfold_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "pinfold",
	.fops = &pinfold_operations,
	.mode = 0600,
};

module_misc_device(pinfold_device);
MODULE_DESCRIPTION("References and pins as told, for tests of fork and copy-on-write");
/* What it calls is exported to modules that say GPL; its own text may be used under the MIT licence, too. */
MODULE_LICENSE("Dual MIT/GPL");
