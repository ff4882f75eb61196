import Glibc
import Testing

/// Worlds in which truecount cannot do what it was asked for.
@Suite("Where the machine sets limits")
struct LimitTests {
    private let quick = ["diagnose", "--quick", "--runs", "1", "--pmu", "breakpoint"]

    /// The number of perf_event_open(2) on this architecture.
    private var perfEventOpen: String {
        #if arch(x86_64)
            "298"
        #else
            "241"
        #endif
    }

    @Test(
        "A seccomp filter that denies perf_event_open makes the verdict unsupported, with the reason",
        arguments: ["EPERM", "EACCES", "ENOSYS"])
    func seccomp(error: String) throws {
        let outcome = try Program.truecount
            .launched(by: Program.builtPath("deny-system-call"), perfEventOpen, error).run(quick)
        #expect(outcome.termination == .exited(4), "\(outcome.errors)")
        #expect(outcome.errors.isEmpty)
        let verdict = try #require(outcome.output.split(separator: "\n").first { $0.hasPrefix("UNSUPPORTED · ") })
        #expect(verdict.contains("seccomp") || verdict.contains("perf"), "\(verdict)")
    }

    @Test("With eight descriptors it works, or says in one line that they are too few")
    func descriptors() throws {
        let outcome = try Program.truecount.launched(by: "prlimit", "--nofile=8").run(quick)
        #expect([.exited(3), .exited(4)].contains(outcome.termination), "\(outcome.errors)")
        #expect(outcome.errors.isEmpty)
        #expect(!outcome.output.contains("ACCURATE") && !outcome.output.contains("FAULTY"))
        if outcome.termination == .exited(3) { #expect(outcome.output.contains("open files")) }
    }

    /// truecount as a plain user runs it: who is none becomes one.
    private var plainUsers: Program {
        guard geteuid() == 0 else { return .truecount }
        return Program.truecount.launched(
            by: "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all")
    }

    @Test("A plain user without capabilities gets a verdict, and the reason where it is for want of permission")
    func plainUser() throws {
        let outcome = try plainUsers.run(quick)
        #expect(outcome.termination == .exited(4), "\(outcome.errors)")
        #expect(outcome.errors.isEmpty)
        #expect(outcome.output.contains("UNSUPPORTED · "))
    }

    @Test("Where no process may be started the positive control is missing, and the verdict is not one of counts")
    func noChildren() throws {
        var program = plainUsers
        program.launcher += ["prlimit", "--nproc=1"]
        let outcome = try program.run(quick)
        #expect([.exited(3), .exited(4)].contains(outcome.termination), "\(outcome.errors)")
    }
}
