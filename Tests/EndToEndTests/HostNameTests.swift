import Glibc
import Testing

/// Whether a process of ours may have a host name of its own (uts_namespaces(7)).
private let mayBeNamed = (try? Program(path: "/bin/true").launched(by: unshare).run([]).termination) == .exited(0)

/// Without privileges only the root of a new user namespace may name the host.
private let unshare = ["unshare", "--uts"] + (geteuid() == 0 ? [] : ["--user", "--map-root-user"])

extension Program {
    fileprivate func launched(by launcher: [String]) -> Program {
        var program = self
        program.launcher = launcher + program.launcher
        return program
    }
}

@Suite("The name of the machine")
struct HostNameTests {
    /// No machine has this name, so that it is found only where it was read.
    private static let name = "owners-own-truecount-host"

    /// truecount on a machine of that name. The shell refuses to start it on any other.
    private var program: Program {
        let naming = """
            hostname \(Self.name) && domainname \(Self.name) && [ "$(uname -n)" = \(Self.name) ] && exec "$0" "$@"
            """
        return Program.truecount.launched(by: unshare + ["sh", "-c", naming])
    }

    @Test(
        "is in no output, while the kernel's banner, which names the host it was built on, is there for maintainers",
        .enabled(if: mayBeNamed, "needs unshare(1) and the right to use it"),
        arguments: [
            ["info"], ["info", "--format", "json"], ["diagnose", "--quick", "--pmu", "breakpoint", "--format", "json"],
        ])
    func output(arguments: [String]) throws {
        let outcome = try program.run(arguments)
        #expect(!outcome.output.isEmpty && outcome.errors.isEmpty)
        #expect(!outcome.output.contains(Self.name))
        guard arguments.contains("json") else { return }
        let banner = try #require(lines(ofFile: "/proc/version").first)
        #expect(outcome.output.contains("\"\(banner)\""))
    }

    @Test(
        "is in the one-line summary of a diagnosis, unless it is redacted: a fleet must know which machine it is",
        .enabled(if: mayBeNamed, "needs unshare(1) and the right to use it"))
    func summary() throws {
        let diagnose = ["diagnose", "--quick", "--pmu", "simulated:skylake-4.20", "--format", "summary"]
        let outcome = try program.run(diagnose)
        #expect(outcome.output.contains("\"machine\":\"\(Self.name)\","), "\(outcome.errors)")
        let redacted = try program.run(diagnose + ["--redact"]).output
        #expect(redacted.contains("\"machine\":\"HOST\",") && !redacted.contains(Self.name))
    }
}
