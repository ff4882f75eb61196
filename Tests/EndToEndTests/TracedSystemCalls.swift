import Glibc
import Testing

/// The system calls that the program's first thread makes, as strace(1) saw them in one undisturbed run.
struct TracedSystemCalls {
    /// One kind of system call.
    struct Kind: Hashable, CustomTestStringConvertible {
        var name: String
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
        _ = try program.launched(by: "strace", "-o", trace).run(arguments)
        var before: [String: Int] = [:]
        var all: [String: Int] = [:]
        var order: [String] = []
        var isInMain = false
        for line in lines(ofFile: trace) {
            if line.hasPrefix(marker) { isInMain = true }
            guard let bracket = line.firstIndex(of: "("), line.first?.isLetter == true else { continue }
            let name = String(line[..<bracket])
            if all[name] == nil { order.append(name) }
            all[name, default: 0] += 1
            if !isInMain { before[name, default: 0] += 1 }
        }
        kinds = order.map { Kind(name: $0, callsBeforeMain: before[$0] ?? 0, calls: all[$0] ?? 0) }
            .filter { $0.calls > $0.callsBeforeMain && !Self.excluded.contains($0.name) }
    }
}
