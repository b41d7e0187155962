/**
 * vmsplice without references: the pipe gets a copy of the page, so that nobody can be seen through
 * it. Other interfaces take their pages as before.
 */
import { kernel, type Path } from "pinfold/kernel";
import {
  alloc_page,
  descriptor,
  FAILED,
  FOLL_FAST,
  get_user_page,
  gives_back_dirty,
  gup_flags,
  handle,
  IO_URING_REGISTER,
  is_errno,
  KIND_GET,
  MADE,
  page,
  pin,
  process,
  refused_as_buffer,
  register_pages,
  system,
  ungrab,
  VMSPLICE,
} from "pinfold/mm";

export default kernel({
  name: "vmsplice-copies",
  extends: "v5.8",
  summary: "v5.8 with vmsplice as a plain copy.",
  paths: {
    registration: function* (p, at, count, h, first, through, asked, times): Path {
      yield "enter the kernel";
      handle.dirties[h] = gives_back_dirty(through, asked) ? 1 : 0;
      const refusal = through === IO_URING_REGISTER ? refused_as_buffer(p, at) : 0;
      const flags = gup_flags(through, asked);
      if (through === VMSPLICE) yield* copy_to_pipe(p, at, h, first);
      else yield* register_pages(p, at, count, h, first, flags, times, refusal);
    },
  },
});

/** One page: the pipe owns the copy by its only reference. */
function* copy_to_pipe(p: number, at: number, h: number, first: number): Path {
  const frame = yield* get_user_page(process.mm[p], at, FOLL_FAST);
  if (is_errno(frame)) {
    yield "the splice fails";
    handle.made[h] = FAILED;
    handle.errno[h] = frame;
    return;
  }
  const copy = yield* alloc_page();
  yield "copy the page into the pipe";
  page.data[copy] = page.data[frame];
  pin.frame[first] = copy;
  pin.kind[first] = KIND_GET;
  pin.count[first] = 1;
  yield* ungrab(frame, KIND_GET);
  yield "the pipe has it";
  handle.made[h] = MADE;
  descriptor.open[p * system.handles[0] + h] = 1;
}
