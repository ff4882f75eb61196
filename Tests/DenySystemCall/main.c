// deny-system-call NUMBER ERROR [N|N+] COMMAND...: runs a command in which one system call fails with that error (EPERM), and
// all others work: each time and in its children, too, as under a container's profile; or at the command's own N-th call of it
// alone, or from that on. Unlike strace(1), which stops the command at every system call, this costs nothing at others.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned denied;
static int error;
static char **command;

// Returns seccomp(2)'s result: with SECCOMP_FILTER_FLAG_NEW_LISTENER a descriptor.
static int install(unsigned action, unsigned flags) {
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, denied, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, action),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
    // Without new privileges a filter may be set by anyone.
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static int execute(void) {
    execvp(command[0], command);
    return errno == ENOENT ? 127 : 126;
}

// In the supervisor's memory and with its descriptors, until the command is executed: so the listener is the
// supervisor's, too.
static int supervised(void *listener) {
    // WAIT_KILLABLE_RECV: a signal does not make the kernel ask about the same call twice.
    int descriptor =
        install(SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
    *(int *)listener = descriptor;
    return descriptor < 0 ? 71 : execute();
}

// Answers for each call of the command and of what it starts, until all have ended.
static int supervise(int listener, pid_t process, unsigned long when, bool ever_after) {
    unsigned long calls = 0;
    struct pollfd readiness = {.fd = listener, .events = POLLIN};
    // Before Linux 6.11 SECCOMP_IOCTL_NOTIF_RECV waits on when nobody is left who could call; poll(2) does not.
    while (poll(&readiness, 1, -1) < 0 || readiness.revents & POLLIN) {
        struct seccomp_notif call = {0};
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0)
            continue;
        if ((pid_t)call.pid == process)
            calls++;
        bool fails = (pid_t)call.pid == process && (calls == when || (ever_after && calls > when));
        struct seccomp_notif_resp answer = {
            .id = call.id,
            .error = fails ? -error : 0,
            .flags = fails ? 0 : SECCOMP_USER_NOTIF_FLAG_CONTINUE,
        };
        // It fails only where the caller was killed meanwhile.
        (void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
    }
    int status = 0;
    while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFSIGNALED(status))
        return WEXITSTATUS(status);
    // As the command, so that whoever waits sees how it ended.
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
    return 128 + WTERMSIG(status);
}

// 0 where no error has that name.
static int error_named(const char *name) {
    for (int number = 1; number < 4096; number++) {
        const char *known = strerrorname_np(number);
        if (known && strcmp(known, name) == 0)
            return number;
    }
    return 0;
}

int main(int count, char **arguments) {
    if (count < 4 || (error = error_named(arguments[2])) == 0) {
        fprintf(stderr, "usage: deny-system-call NUMBER ERROR [N|N+] COMMAND...\n");
        return 64;
    }
    denied = (unsigned)atoi(arguments[1]);
    char *rest;
    unsigned long when = strtoul(arguments[3], &rest, 10);
    bool ever_after = *rest == '+';
    if (when == 0 || count < 5) {
        command = arguments + 3;
        if (install(SECCOMP_RET_ERRNO | (unsigned)error, 0) == 0)
            return execute();
        perror("deny-system-call: seccomp");
        return 71;
    }
    command = arguments + 4;
    static char stack[1 << 16] __attribute__((aligned(16)));
    int listener = -1;
    pid_t process = clone(supervised, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, &listener);
    if (process < 0 || listener < 0) {
        perror("deny-system-call: seccomp");
        return 71;
    }
    return supervise(listener, process, when, ever_after);
}
