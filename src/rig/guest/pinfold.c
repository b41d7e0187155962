// SPDX-License-Identifier: MIT
/*
 * A device that takes references and pins as told, in every way that a driver could, writes and reads
 * through them, and tells how the caller's memory is mapped. For tests in a guest that is thrown
 * away: whoever may open /dev/pinfold may do all of it.
 */
/* Without objtool, which not every machine can run, the branches of static keys are laid out plainly. */
#undef CONFIG_HAVE_JUMP_LABEL_HACK

#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
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
static void find_entry(struct pinfold_state *state)
{
	unsigned long address = state->address;
	pgd_t *pgd = pgd_offset(current->mm, address);
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
	if (state->entry & _PAGE_PRESENT)
		state->frame = pte_pfn(__pte(state->entry));
}

static bool is_zero_frame(unsigned long frame, unsigned long address)
{
	return frame == page_to_pfn(ZERO_PAGE(address));
}

static void describe_page(struct pinfold_state *state)
{
	struct page *page = pfn_to_page(state->frame);
	struct page *head = compound_head(page);

	if (is_zero_frame(state->frame, state->address)) {
		state->flags |= PINFOLD_ZERO;
		return;
	}
	if (PageCompound(page))
		state->flags |= PINFOLD_LARGE;
	else
		state->mappings = atomic_read(&page->_mapcount) + 1;
	state->references = page_ref_count(head);
	if (PageAnon(head)) {
		state->flags |= PINFOLD_ANON;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 19, 0)
		if (!(state->flags & PINFOLD_HUGE)) {
			if (PageAnonExclusive(page))
				state->flags |= PINFOLD_EXCLUSIVE;
		} else if (PageAnonExclusive(head)) {
			state->flags |= PINFOLD_EXCLUSIVE;
		}
#endif
	}
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
	if (folio_maybe_dma_pinned(page_folio(page)))
		state->flags |= PINFOLD_MAYBE_PINNED;
#else
	if (page_maybe_dma_pinned(page))
		state->flags |= PINFOLD_MAYBE_PINNED;
#endif
	if (!PageCompound(page))
		state->pins = state->references / GUP_PIN_COUNTING_BIAS;
}

static long tell_state(struct pinfold_state *state)
{
	state->entry = 0;
	state->frame = 0;
	state->flags = 0;
	state->references = state->mappings = state->pins = -1;
	mmap_read_lock(current->mm);
	if (find_vma(current->mm, state->address))
		find_entry(state);
	if (state->entry & _PAGE_PRESENT) {
		state->flags |= PINFOLD_PRESENT;
		if (state->entry & _PAGE_RW)
			state->flags |= PINFOLD_WRITABLE;
		if (state->entry & _PAGE_DIRTY)
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
	mmap_read_unlock(current->mm);
	return 0;
}

static long reaches(struct hold *hold, const struct pinfold_word *word)
{
	struct pinfold_state state = { .address = word->value };

	if (!hold->pages || word->index >= hold->count)
		return -ENOENT;
	tell_state(&state);
	return (state.flags & PINFOLD_PRESENT) &&
	       state.frame == page_to_pfn(hold->pages[word->index]);
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
	case PINFOLD_STATE:
		if (copy_from_user(&state, user, sizeof(state)))
			return -EFAULT;
		error = tell_state(&state);
		return copy_to_user(user, &state, sizeof(state)) ? -EFAULT : error;
	default:
		return -ENOTTY;
	}
}

static long pinfold_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct hold *hold = file->private_data;
	long result;

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
