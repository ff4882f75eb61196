// deny-system-call NUMBER ERRNO COMMAND...: runs a command under a seccomp(2) filter, as a container's profile would, in
// which one system call fails with that error and all others work.
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int count, char **arguments) {
    if (count < 4) {
        fprintf(stderr, "usage: deny-system-call NUMBER ERRNO COMMAND...\n");
        return 64;
    }
    unsigned denied = (unsigned)atoi(arguments[1]), error = (unsigned)atoi(arguments[2]);
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, denied, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error & SECCOMP_RET_DATA)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
    // Without new privileges a filter may be set by anyone.
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        perror("deny-system-call: seccomp");
        return 71;
    }
    execvp(arguments[3], arguments + 3);
    perror("deny-system-call: exec");
    return errno == ENOENT ? 127 : 126;
}
