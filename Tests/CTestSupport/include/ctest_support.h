// What tests of signals need and Swift cannot say.
#ifndef CTEST_SUPPORT_H
#define CTEST_SUPPORT_H

/// si_code of SIGTRAP (asm-generic/siginfo.h), which Swift does not import.
enum { CTEST_TRAP_BRKPT = 1, CTEST_TRAP_TRACE = 2, CTEST_TRAP_HWBKPT = 4 };

/// Sends the calling thread a signal with that si_code, as the kernel does for an exception: 0, or -errno. No thread may
/// send another one a positive code (do_rt_tgsigqueueinfo in kernel/signal.c).
int ctest_raise_as_kernel(int signal, int code);

/// Runs the body with a debug exception after each of its instructions, which is SIGTRAP with TRAP_TRACE: 0, or -ENOSYS
/// on an architecture whose user space cannot ask for that.
int ctest_single_step(void (*body)(void *argument), void *argument);

#endif
