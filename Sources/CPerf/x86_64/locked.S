// Locked instructions between the branches. AMD's Zen speculates past a lock, and where it has to go back it does not
// take back the branches that it has counted (SpecLockMap, rr issue 2034).
//
// The words that decide a branch are written first, so the page may hold anything beforehand.
#if defined(__linux__) && defined(__x86_64__)
#include "routine.h"

routine_begin cperf_locked, per_iteration=4
    window_open
    mov MEMORY(%r10), %rdx
1:
    position 0
    lock addq $1, (%rdx)
    lock incl 8(%rdx)
    test $1, %r8b
    jnz 2f
    position 1
    nop
2:
    position 1
    lock xaddq %rax, 16(%rdx)
    xchg %rax, 24(%rdx)
    // Equal, so it succeeds: not taken.
    movq $5, 32(%rdx)
    mov $5, %eax
    mov $6, %ecx
    lock cmpxchgq %rcx, 32(%rdx)
    jne 3f
    position 2
    nop
3:
    position 2
    // 5 is not 6 any more, so it fails: taken.
    mov $5, %eax
    lock cmpxchgq %rcx, 32(%rdx)
    jne 4f
    position 3
    nop
4:
    position 3
    lock btsq $3, 40(%rdx)
    loop_close 1b
    window_close
    routine_return
routine_end cperf_locked, locked
#endif

// Outside of the guard: without this note even an empty object makes the whole program's stack executable.
.section .note.GNU-stack, "", %progbits
