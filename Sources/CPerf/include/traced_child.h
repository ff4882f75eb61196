// A child that runs one workload under ptrace(2). What runs between clone and exit must not touch the Swift runtime,
// so it is here. Functions return 0 or a count, or -errno; the caller decides what that means.
#ifndef CPERF_TRACED_CHILD_H
#define CPERF_TRACED_CHILD_H

#include "workload.h"

#include <stdint.h>
#include <sys/types.h>

/// The registers of a stopped child that the workloads and the tracer speak of, by their roles.
struct cperf_child_registers {
    uint64_t instruction_pointer;
    uint64_t remaining;
    uint64_t inner;
    uint64_t counter;
    /// What a system call instruction would ask for if it were executed now.
    uint64_t system_call;
    uint64_t first_argument;
    uint64_t second_argument;
};

/// How a wait ended.
enum cperf_wait_kind {
    CPERF_STOPPED,
    /// At the entry or the exit of a system call.
    CPERF_SYSTEM_CALL,
    CPERF_EXITED,
    CPERF_KILLED,
};

struct cperf_wait {
    enum cperf_wait_kind kind;
    /// The signal or the exit status.
    int value;
};

/// Where the child says why it could not become a tracee: memory that both sides share.
struct cperf_child_report {
    /// errno of ptrace(PTRACE_TRACEME), or 0.
    int trace_error;
};

/// Starts a child that shares this process's descriptors, but not its memory; the child asks to be traced and stops
/// itself with SIGSTOP. Continued, it runs the routine once and exits with status 0. The process's number, or -errno.
pid_t cperf_child_start(const struct cperf_routine *routine, struct cperf_window *window, uint64_t iterations,
                        struct cperf_child_report *report);

/// Asks the kernel to kill the child when the tracer dies (PTRACE_O_EXITKILL), and to tell stops at system calls from
/// others (PTRACE_O_TRACESYSGOOD).
int cperf_child_set_options(pid_t child);
/// Lets the child run on, with that signal or none (0).
int cperf_child_continue(pid_t child, int signal);
/// Lets the child run to its next system call, in or out, without the signal that stopped it (PTRACE_SYSCALL).
int cperf_child_continue_to_system_call(pid_t child);
/// Lets the child execute one instruction.
int cperf_child_step(pid_t child);
/// Lets the child execute one instruction on which a breakpoint event may have fired, and waits.
///
/// arm64 has no flag that lets an instruction pass its own breakpoint. The kernel takes all breakpoints of the thread away,
/// steps, and puts them back (breakpoint_handler(), reinstall_suspended_bps() in arch/arm64/kernel/hw_breakpoint.c). Where
/// the child is stopped before that step, PTRACE_CONT cancels it, and the breakpoints stay away; PTRACE_SINGLESTEP makes
/// it, but the kernel takes the step for its own and does not stop. So a BRK lies behind the instruction meanwhile.
int cperf_child_step_off_breakpoint(pid_t child, struct cperf_wait *result);
/// Waits until the child stops or ends. -ECANCELED where this process was told to stop (interruption.h); the child is
/// as it was. -EINTR only where more interrupts the waiting than signals do.
int cperf_child_wait(pid_t child, struct cperf_wait *result);
int cperf_child_registers(pid_t child, struct cperf_child_registers *registers);
/// Puts the child's instruction pointer elsewhere.
int cperf_child_move(pid_t child, uint64_t instruction_pointer);
/// Reads the child's memory; the number of bytes read, which is short where its mapping ends.
ssize_t cperf_child_read(pid_t child, uint64_t address, void *bytes, size_t count);
/// Lets the child run on one CPU only.
int cperf_child_pin(pid_t child, int cpu);
/// Kills the child and waits for its end.
int cperf_child_kill(pid_t child);

#endif
