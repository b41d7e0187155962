"""Programs that pin memory through io_uring and start processes, one a name: `python3 pins.py NAME`."""
import ctypes
import mmap
import multiprocessing
import os
import pty
import subprocess
import sys
import threading

SETUP, REGISTER = 425, 427
SIZE = 1 << 16
libc = ctypes.CDLL(None, use_errno=True)


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def pin(flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS):
    """A buffer of its own, registered with a new ring. Both stay as long as the caller keeps them."""
    memory = mmap.mmap(-1, SIZE, flags=flags)
    memory[:] = b"\1" * SIZE
    ring = libc.syscall(SETUP, 4, ctypes.create_string_buffer(120))
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    vector = Vector(address, SIZE)
    if ring < 0 or libc.syscall(REGISTER, ring, 0, ctypes.byref(vector), 1):
        sys.exit(77)
    return memory, ring


def nothing():
    pass


def run():
    subprocess.run(["true"], check=True)


def run_preexec():
    subprocess.run(["true"], check=True, preexec_fn=nothing)


def run_shell():
    subprocess.check_output("echo hello", shell=True)


def run_user():
    """Changing the user needs a fork of its own."""
    subprocess.run(["true"], user=os.getuid())


def run_thread():
    in_thread(run)


def fork_thread():
    in_thread(os_fork)


def in_thread(target):
    thread = threading.Thread(target=target)
    thread.start()
    thread.join()


def pty_fork():
    child, _terminal = pty.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def system():
    os.system("true")


def popen():
    os.popen("true").read()


def spawn_posix():
    os.waitpid(os.posix_spawn("/bin/true", ["true"], os.environ), 0)


def os_fork():
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def process(method):
    context = multiprocessing.get_context(method)
    child = context.Process(target=nothing)
    child.start()
    child.join()


def process_fork():
    process("fork")


def process_spawn():
    process("spawn")


def process_forkserver():
    process("forkserver")


def pool_fork():
    with multiprocessing.get_context("fork").Pool(2) as pool:
        pool.map(abs, range(4))


def shared_fork():
    os_fork()


def advised_fork():
    os_fork()


def unpinned_fork():
    os_fork()


def main():
    name = sys.argv[1]
    if name == "shared_fork":
        kept = pin(mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)
    else:
        kept = pin()
    if name == "advised_fork":
        kept[0].madvise(mmap.MADV_DONTFORK)
    if name == "unpinned_fork":
        os.close(kept[1])
    globals()[name]()


if __name__ == "__main__":
    main()
