import Glibc
import Testing

/// Every kind of system call that a diagnosis makes is made to fail by strace(1): at its first use, in the middle, at
/// its last, and from the first on. truecount may then fail, in one line and with an exit code of its own; it may not
/// crash, hang, leave a child behind or come to a verdict on counts that it could not take.
@Suite("When a system call fails", .enabled(if: FaultInjection.isPossible, "strace(1) cannot trace here"))
struct FaultInjectionTests {
    @Test("A diagnosis does not crash, hang or judge wrongly", arguments: FaultInjection.kinds)
    func diagnosis(kind: TracedSystemCalls.Kind) throws {
        for occurrence in FaultInjection.occurrences(of: kind) {
            for error in FaultInjection.errors(for: kind.name) {
                // Who is told forever that a signal came goes on forever.
                if error == "EINTR", occurrence.hasSuffix("+") { continue }
                let injection = "inject=\(kind.name):error=\(error):when=\(occurrence)"
                let outcome = try Program.truecount.launched(by: "strace", "-o", "/dev/null", "-e", injection)
                    .run(FaultInjection.arguments, limit: 300)
                withKnownIssue("a crash that is known") {
                    expectDecency(outcome, injection, mayBeSilent: kind.name == "write")
                } when: {
                    FaultInjection.knownCrashes[kind.name] == outcome.termination
                }
            }
        }
    }

    private func expectDecency(_ outcome: ProgramOutcome, _ injection: String, mayBeSilent: Bool) {
        // Usage, I/O, internal, inconclusive or unsupported; on a breakpoint never accurate or faulty.
        let allowed: [Termination] = [.exited(3), .exited(4), .exited(64), .exited(70), .exited(74)]
        #expect(allowed.contains(outcome.termination), "\(injection): \(outcome.errors)")
        #expect(outcome.errorLines.count <= 1, "\(injection): \(outcome.errors)")
        #expect(!outcome.output.contains("ACCURATE") && !outcome.output.contains("FAULTY"), "\(injection)")
        #expect(!outcome.output.isEmpty || !outcome.errors.isEmpty || mayBeSilent, "\(injection)")
    }

    @Test(
        "A report that could not be written whole leaves the old one, and no other file",
        arguments: ["write", "fsync", "rename", "fchmod"])
    func atomicOutput(call: String) throws {
        let path = temporaryPath("workloads")
        defer { unlink(path) }
        let arguments = ["list", "workloads", "--output", path]
        #expect(try Program.truecount.run(arguments).termination == .exited(0))
        let old = lines(ofFile: path)
        #expect(!old.isEmpty)
        let kinds = try TracedSystemCalls(tracing: .truecount, arguments, marker: FaultInjection.firstCallOfMain).kinds
        let kind = try #require(kinds.first { $0.name == call })
        // Another text than the old one, so that a replaced file would be seen.
        let outcome = try Program.truecount
            .launched(by: "strace", "-o", "/dev/null", "-e", "inject=\(call):error=EIO:when=\(kind.calls)")
            .run(["list", "pmus", "--output", path])
        #expect(outcome.termination == .exited(74), "\(outcome.errors)")
        #expect(outcome.errors == "truecount: cannot write \(path): Input/output error\n")
        #expect(lines(ofFile: path) == old)
    }
}

enum FaultInjection {
    static let arguments = ["diagnose", "--quick", "--runs", "1", "--pmu", "breakpoint", "--seed", "1"]

    /// The first thing that truecount's `main` does is to look at its streams.
    static let firstCallOfMain = "fcntl(0, F_GETFD"

    static let isPossible: Bool =
        (try? Program(path: "true").launched(by: "strace", "-o", "/dev/null").run([]))?.termination == .exited(0)

    static let kinds: [TracedSystemCalls.Kind] =
        (try? TracedSystemCalls(tracing: .truecount, arguments, marker: firstCallOfMain))?.kinds ?? []

    /// By system call: libpfm4 4.13 reads through a null pointer if /proc/mounts opens and then cannot be read.
    static let knownCrashes: [String: Termination] = ["read": .killed(signal: 11)]

    /// In strace's own notation.
    static func occurrences(of kind: TracedSystemCalls.Kind) -> [String] {
        let first = kind.callsBeforeMain + 1
        let numbers = Set([first, (first + kind.calls) / 2, kind.calls]).sorted()
        return numbers.map(String.init) + (numbers.count > 1 ? ["\(first)+"] : [])
    }

    /// The errors that the manual pages name for the calls that decide most, and EIO for all others.
    static func errors(for name: String) -> [String] {
        switch name {
        case "perf_event_open":
            ["EACCES", "EPERM", "ENOSYS", "ENOSPC", "EMFILE", "ENODEV", "ENOENT", "EBUSY", "EINVAL"]
        case "ioctl": ["EBADF", "EINVAL"]
        case "mmap": ["EPERM", "ENOMEM"]
        case "clone", "clone3": ["EAGAIN"]
        case "ptrace": ["EPERM", "ESRCH"]
        case "wait4", "waitid": ["ECHILD", "EINTR"]
        case "write": ["ENOSPC", "EPIPE"]
        case "read", "openat", "access", "newfstatat": ["EACCES"]
        default: ["EIO"]
        }
    }
}
