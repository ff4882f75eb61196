import Glibc
import Testing

/// Every kind of system call that a diagnosis makes is made to fail: at its first use, in the middle, at
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
                let outcome = try Program.truecount.failing(kind, at: occurrence, with: error)
                    .run(FaultInjection.arguments, limit: 300)
                let injection = "inject=\(kind.name):error=\(error):when=\(occurrence)"
                try expectDecencyButForLibpfm(outcome, injection, mayBeSilent: kind.name == "write")
            }
        }
    }

    /// libpfm4 4.13 writes through a null pointer if /proc/mounts opens and then cannot be read. truecount reads a byte of
    /// it before, and does without libpfm4 where that fails; the very next read can fail all the same.
    @Test("Whichever read of /proc/mounts fails, nothing but libpfm4 crashes")
    func mounts() throws {
        let trace = temporaryPath("reads")
        defer { unlink(trace) }
        _ = try Program.truecount.launched(by: "strace", "-y", "-o", trace, "-e", "trace=read")
            .run(FaultInjection.arguments)
        let reads = lines(ofFile: trace).filter { $0.hasPrefix("read(") }
        let numbers = reads.indices.filter { reads[$0].contains("/mounts>") }.map { $0 + 1 }
        #expect(numbers.count >= 2, "truecount's and libpfm4's")
        let read = try #require(FaultInjection.kinds.first { $0.name == "read" })
        for number in numbers {
            let injection = "inject=read:error=EACCES:when=\(number)"
            let outcome = try Program.truecount.failing(read, at: "\(number)", with: "EACCES")
                .run(FaultInjection.arguments, limit: 300)
            #expect(number != numbers[0] || outcome.termination == .exited(4), "\(outcome.errors)")
            try expectDecencyButForLibpfm(outcome, injection, mayBeSilent: false)
        }
    }

    /// A crash is libpfm4's by the address of the instruction that faulted, which the same injection once more tells.
    private func expectDecencyButForLibpfm(
        _ outcome: ProgramOutcome, _ injection: String, mayBeSilent: Bool
    ) throws {
        let crash =
            outcome.termination == .killed(signal: SIGSEGV)
            ? try CrashSite(of: .truecount, FaultInjection.arguments, injection: injection) : nil
        withKnownIssue("libpfm4 crashes at \(crash?.description ?? "")") {
            expectDecency(outcome, "\(injection): \(crash?.description ?? "")", mayBeSilent: mayBeSilent)
        } when: {
            crash?.isInLibpfm == true
        }
    }

    @Test(
        "A call fails where it is to fail: the program's own, counted without its children's",
        arguments: [
            ("2", "first\nchild's\nthird\n"), ("2+", "first\nchild's\n"), ("9", "first\nchild's\nsecond\nthird\n"),
        ])
    func occurrence(_ occurrence: String, output: String) throws {
        let write = try #require(FaultInjection.kinds.first { $0.name == "write" })
        let outcome = try Program(path: "sh").failing(write, at: occurrence, with: "EIO")
            .run(["-c", "echo first; (echo \"child's\"); echo second; echo third"])
        #expect(outcome.output == output)
        // The shell's complaint about the second is a write, too.
        #expect(outcome.errors.isEmpty == (occurrence != "2"), "\(outcome.errors)")
    }

    @Test(
        "A crash is libpfm4's where the instruction lies in its library, or in its function in a static program",
        arguments: [
            (" > /usr/lib/x86_64-linux-gnu/libpfm.so.4.13.0(pfm_initialize+0x1a5) [0x6f85]", true),
            (" > /usr/bin/truecount(pfmlib_getl+0xb0) [0x15e0b0]", true),
            (" > /usr/bin/truecount($s10PerfEvents12EventCatalogV+0xb0) [0x15e0b0]", false),
            (" > /usr/lib/x86_64-linux-gnu/libc.so.6(fgetc+0x9) [0x7a6d9]", false),
        ])
    func crashSite(frame: String, isInLibpfm: Bool) throws {
        let trace: [Substring] = [
            "read(5, 0x1, 1024) = -1 EACCES (Permission denied) (INJECTED)",
            " > /usr/lib/x86_64-linux-gnu/libpfm.so.4.13.0(pfm_initialize+0x1) [0x1]",
            "--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=NULL} ---", frame[...],
            " > /usr/lib/x86_64-linux-gnu/libpfm.so.4.13.0(pfm_initialize+0x1) [0x1]",
            "+++ killed by SIGSEGV +++",
        ]
        #expect(CrashSite(trace: trace)?.isInLibpfm == isInLibpfm)
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
        let outcome = try Program.truecount.failing(kind, at: "\(kind.calls)", with: "EIO")
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

extension Program {
    /// - Parameter occurrence: "3" for the program's own third call of that kind alone, "3+" from that on.
    fileprivate func failing(
        _ kind: TracedSystemCalls.Kind, at occurrence: String, with error: String
    ) -> Program {
        launched(by: Program.builtPath("deny-system-call"), kind.number, error, occurrence)
    }
}
