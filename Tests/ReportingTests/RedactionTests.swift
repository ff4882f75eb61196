import Diagnosis
import FoundationEssentials
import Reporting
import Testing

@testable import Measurement

@Suite("Redaction")
struct RedactionTests {
    private static let secrets = [
        "build42.example.org", "build42", "BUILD42", "/home/alice/kernels/new", "alice@build42",
        "0af1c2d3e4f5a6b7c8d9e0f1a2b3c4d5", "550e8400-e29b-41d4-a716-446655440000", "52:54:00:ab:cd:ef", "192.168.17.4",
        "r.json", "Alice's Notebook", "alice-luks",
    ]

    /// A report with every secret where one could come in.
    private static let report: Report = {
        var machine = Fixtures.skylake
        machine.kernel.release = "6.1.0-build42"
        machine.kernel.banner = "Linux version 6.1.0-build42 (alice@build42) (gcc (Debian) 12, GNU ld 2.40) #1 SMP"
        machine.kernel.commandLine =
            "root=/dev/mapper/alice-luks ip=192.168.17.4 perf_v4_pmi=1 quiet -- /home/alice/kernels/new alice-luks"
        machine.kernel.log = ["perf: build42: interrupt took too long", "PMU at 52:54:00:ab:cd:ef"]
        machine.kernel.perfVersion = "perf version 6.1.0-build42"
        machine.firmware = Machine.Firmware(systemVendor: "ACME", product: "Alice's Notebook", biosVersion: "1.7")
        machine.registersProblem = "cannot open /home/alice/kernels/new: No such file"
        var result = Fixtures.faulty
        result.notes = secrets.filter { !["r.json", "Alice's Notebook", "alice-luks"].contains($0) }.map {
            "before \($0), after (\($0))."
        }
        result.reasons = ["see /proc/sys/kernel/tainted and /sys/devices/cpu", "10 of 12 runs at 1.2.3: v5.10.262"]
        var report = Fixtures.report(result, on: machine)
        report.arguments = [
            "diagnose", "-o", "r.json", "--output", "r.json", "--report=json=r.json", "--report", "tap=r.json",
            "--quick",
        ]
        report.commands = ReportedCommands(report)
        return report
    }()

    @Test("Nothing that identifies the machine is left, in any format")
    func secretsGone() throws {
        let redacted = try Self.report.redacted(hostName: "build42.example.org")
        #expect(redacted.redacted == true)
        for format in ReportFormat.all {
            let text = try format.render(redacted)
            for secret in Self.secrets { #expect(!text.contains(secret), "\(format.name): \(secret)") }
        }
        let before = try ReportFormat.all.map { try $0.render(Self.report) }.joined()
        for secret in Self.secrets { #expect(before.contains(secret), "\(secret) was never there") }
    }

    @Test("What a count depends on is left, to the last digit")
    func rest() throws {
        let redacted = try Self.report.redacted(hostName: "build42.example.org")
        #expect(redacted.runs == Self.report.runs && redacted.findings == Self.report.findings)
        #expect(redacted.probes == Self.report.probes && redacted.reasons == Self.report.reasons)
        #expect(redacted.environment.kernel.release == "6.1.0-HOST")
        #expect(
            redacted.environment.kernel.banner
                == "Linux version 6.1.0-HOST (BUILDER) (gcc (Debian) 12, GNU ld 2.40) #1 SMP")
        #expect(redacted.environment.kernel.commandLine == "root=VALUE ip=VALUE perf_v4_pmi=1 quiet -- WORD WORD")
        #expect(
            redacted.environment.kernel.log == ["perf: HOST: interrupt took too long", "PMU at ADDRESS"])
        #expect(redacted.environment.firmware?.biosVersion == "1.7")
        #expect(redacted.environment.registersProblem == "cannot open PATH: No such file")
        #expect(
            redacted.arguments == [
                "diagnose", "-o", "FILE", "--output", "FILE", "--report=FILE", "--report", "FILE", "--quick",
            ])
        #expect(redacted.commands?.reproduce == "truecount diagnose --quick --cpu 0 --seed 7")
    }

    @Test("Redacted twice is redacted once, and without a host name only the other secrets go")
    func idempotent() throws {
        let once = try Self.report.redacted(hostName: "build42.example.org")
        #expect(try once.redacted(hostName: "build42.example.org") == once)
        let unnamed = try Self.report.redacted(hostName: nil)
        #expect(unnamed.environment.kernel.release == "6.1.0-build42")
        #expect(!unnamed.notes.joined().contains("192.168.17.4"))
    }
}
