import Glibc

/// Holds back every signal of the calling thread for as long as it lives: a handler's own branches would be counted.
///
/// SIGTRAP comes through: the kernel kills whoever blocks a signal that an exception raises (force_sig_fault), and its
/// handler has no branch.
package struct BlockedSignals: ~Copyable {
    private let before: sigset_t

    package init() {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        sigdelset(&all, SIGTRAP)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        self.before = before
    }

    deinit {
        var before = before
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }
}
