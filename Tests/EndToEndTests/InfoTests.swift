import Measurement
import Reporting
import Testing
import Workloads

@Suite("What info, list and verify show")
struct InfoTests {
    @Test("The machine's JSON reads back to the same bytes, knows no null, and names the running kernel")
    func infoJSON() throws {
        let outcome = try Program.truecount.run(["info", "--format", "json"])
        #expect(outcome.termination == .exited(0))
        let bytes = Array(outcome.output.utf8)
        let report = try ReportJSON.decode(InfoReport.self, from: bytes)
        #expect(try ReportJSON.encode(report) == bytes)
        #expect(!outcome.output.contains(": null"))
        #expect(lines(ofFile: "/proc/sys/kernel/osrelease") == [Substring(report.environment.kernel.release ?? "")])
        #expect(report.obstacles == report.environment.obstacles)
    }

    @Test("The text names kernel, CPU and limits, and what stands in the way, and ends with whether rr will work")
    func infoText() throws {
        let outcome = try Program.truecount.run(["info"])
        #expect(outcome.output.hasPrefix("Linux "))
        for label in ["\nkernel ", "\nCPU of interest ", "\nPMU ", "\nperf_event_paranoid "] {
            #expect(outcome.output.contains(label))
        }
        let parts = outcome.output.split(separator: "\n\n")
        let (obstacles, readiness) = (try #require(parts.dropLast().last), try #require(parts.last))
        let isAboutObstacles =
            obstacles == "nothing known prevents an exact measurement"
            || ["prevents: ", "distorts: ", "limits: "].contains { obstacles.hasPrefix($0) }
        #expect(isAboutObstacles)
        #expect(readiness.hasPrefix("Will rr work here? What rr checks itself:\n"))
        let conclusion = try #require(readiness.split(separator: "\n").last)
        #expect(["NO · ", "OPEN · "].contains { conclusion.hasPrefix($0) })
        for line in readiness.split(separator: "\n") where line.hasPrefix("  ") && !line.hasPrefix("    ") {
            #expect(["  yes ", "  no ", "  measure "].contains { line.hasPrefix($0) }, "\(line)")
        }
    }

    @Test(
        "Every list has a name first in each line, and the same names in its JSON",
        arguments: ["probes", "workloads", "events", "pmus"])
    func lists(kind: String) throws {
        let text = try Program.truecount.run(["list", kind])
        let json = try Program.truecount.run(["list", kind, "--format", "json"])
        #expect(text.termination == .exited(0) && json.termination == .exited(0))
        let names = text.output.split(separator: "\n").map { $0.prefix { $0 != " " } }
        #expect(!names.isEmpty)
        for name in names { #expect(json.output.contains("\"\(name)\"")) }
    }

    @Test("The events of a CPU that is not here can be listed, those of no CPU cannot")
    func absentPMU() throws {
        let skylake = try Program.truecount.run(["list", "events", "--pmu", "skl"])
        #expect(skylake.output.contains("\nskl::BR_INST_RETIRED:CONDITIONAL "))
        let unknown = try Program.truecount.run(["list", "events", "--pmu", "skx86"])
        #expect(unknown.termination == .exited(64))
        #expect(unknown.errorLines.count == 1)
    }

    @Test("A long list ends quietly when its reader has gone")
    func readerGone() throws {
        let outcome = try Program.truecount.run(["list", "events", "--pmu", "skl"], output: .unread)
        #expect(outcome.termination == .exited(0))
        #expect(outcome.errors.isEmpty)
    }

    @Test("Single-stepping agrees with every closed form on this machine")
    func verify() throws {
        let outcome = try Program.truecount.run(["verify", "--format", "json"])
        #expect(outcome.termination == .exited(0), "\(outcome.errors)")
        let report = try ReportJSON.decode(VerificationReport.self, from: Array(outcome.output.utf8))
        #expect(report.agrees)
        #expect(report.rows.allSatisfy { $0.agrees })
    }

    @Test("Where children may not be traced, verify says so and leaves the question open")
    func noTracing() throws {
        #if arch(x86_64)
            let ptrace = "101"
        #else
            let ptrace = "117"
        #endif
        let outcome = try Program.truecount.launched(by: Program.builtPath("deny-system-call"), ptrace, "EPERM").run([
            "verify"
        ])
        #expect(outcome.termination == .exited(4), "\(outcome.errors)")
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.output.isEmpty)
    }
}
