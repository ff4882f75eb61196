import Glibc
import Testing

/// The system calls that the program's first thread makes, as strace(1) saw them in one undisturbed run.
struct TracedSystemCalls {
    /// One kind of system call.
    struct Kind: Hashable, CustomTestStringConvertible {
        var name: String
        /// Of this architecture.
        var number: String
        /// How often it is called before `main` is reached. What fails there is the loader's affair.
        var callsBeforeMain: Int
        var calls: Int
        var testDescription: String { name }
    }

    var kinds: [Kind]

    /// What does not fail on Linux (getpid(2) and its kin, munmap(2) of a whole mapping, futex(2) rightly called),
    /// sigreturn(2), which does not return, and running out of memory in malloc(3), upon which the Swift runtime ends
    /// every program.
    private static let excluded: Set<String> = [
        "brk", "munmap", "futex", "exit_group", "execve", "getpid", "getppid", "gettid", "getuid", "geteuid",
        "rt_sigreturn",
    ]

    /// - Parameter marker: text of a system call's line with which `main` begins.
    init(tracing program: Program, _ arguments: [String], marker: String) throws(RunnerError) {
        let trace = temporaryPath("trace")
        defer { unlink(trace) }
        _ = try program.launched(by: "strace", "-n", "-o", trace).run(arguments)
        var kinds: [Kind] = []
        var isInMain = false
        // "[ 257] openat(AT_FDCWD, …"
        for line in lines(ofFile: trace) {
            guard line.first == "[", let bracket = line.firstIndex(of: "]") else { continue }
            let number = String(line[..<bracket].drop { !$0.isNumber })
            let call = line[bracket...].dropFirst(2)
            if call.hasPrefix(marker) { isInMain = true }
            let index = kinds.firstIndex { $0.number == number } ?? kinds.endIndex
            if index == kinds.endIndex {
                kinds.append(
                    Kind(name: String(call.prefix { $0 != "(" }), number: number, callsBeforeMain: 0, calls: 0))
            }
            kinds[index].calls += 1
            if !isInMain { kinds[index].callsBeforeMain += 1 }
        }
        self.kinds = kinds.filter { $0.calls > $0.callsBeforeMain && !Self.excluded.contains($0.name) }
    }
}
