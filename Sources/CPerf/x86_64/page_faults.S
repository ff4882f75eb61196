// A page fault in every iteration: madvise(MADV_DONTNEED) takes the page away, the store faults it in again.
// On x86 the return from a fault is an instruction that some events count (Weaver, Terpstra, Moore: ISPASS 2013).
#if defined(__linux__) && defined(__x86_64__)
#include "routine.h"

#define MADV_DONTNEED 4

routine_begin cperf_page_faults, per_iteration=2
    window_open
    mov MEMORY(%r10), %rdi
    mov $1, %esi
    mov $MADV_DONTNEED, %edx
1:
    position 0
    test $1, %r8b
    jnz 2f
    position 1
    nop
2:
    position 1
    // A length of 1 is rounded up to the page, whatever its size (madvise(2)).
    mov $SYS_MADVISE, %eax
    syscall
    movb $1, (%rdi)
    loop_close 1b
    window_close
    routine_return
routine_end cperf_page_faults, page-faults
#endif

// Outside of the guard: without this note even an empty object makes the whole program's stack executable.
.section .note.GNU-stack, "", %progbits
