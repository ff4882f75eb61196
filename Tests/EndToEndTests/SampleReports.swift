import Measurement
import Reporting

@testable import Diagnosis

/// Reports for the renderers: real ones of the repository, and one that is made to break them.
enum SampleReports {
    /// The folder of the package.
    static let root: String = {
        let file = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return file.dropLast(3).joined(separator: "/")
    }()

    static let kept = [
        "results/lab/5.10.262-v4pmi-on-skid10.json", "results/lab/6.12.95-healthy-skid0to40.json",
        "results/lab/6.12.95-lost-pmi50.json", "results/lab/6.12.95-surplus7.json", "results/lab/7.2.13-induced.json",
        "results/linux-6.18-emerald-rapids-kvm-guest-breakpoint.json",
    ].map { "\(root)/\($0)" }

    static let faulty = kept[0]

    /// Strings that mean something to one of the formats' readers.
    static let hostileTexts = [
        "\u{1B}[31mred\u{07}\u{1B}]0;title\u{07}",
        "x\n::error::injected\r\n  ::set-output name=a::b\n##[error]old",
        "<script>alert(1)</script>&\"']]><!-- -->&lt;&#60;",
        "a | b ` c ** d __e__ [x](http://evil.example) ![i](x) @user #1 ~~s~~ <http://x.example> www.example.com \\",
        "x\nok 99 - injected\n1..0 # SKIP\nBail out!\n  ---\n  ...\n# Totals: pass:1 # SKIP # TODO",
        "x\n<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=x RESULT=pass>\n<LAVA_SIGNAL_ENDRUN x>",
        "x\nSubject: injected\n\nBcc: everyone@example.com\n\n-- \nFrom here",
        "\u{FFFE}\u{FFFF}\u{0}\u{85}\u{2028}\u{202E}\u{FEFF}\u{1F600}\u{7F}\u{9B}31m",
        "'; echo pwned; $(id) `id` \\",
    ]

    static func text(_ path: String) throws -> String { try Program(path: "/bin/cat").run([path]).output }

    static func read(_ path: String) throws -> Report { try ReportFile.read(path) }

    /// A faulty report of which every text that came from a machine, a file or a command line is hostile.
    static func hostile() throws -> Report {
        let texts = hostileTexts
        let all = texts.joined(separator: " ")
        var report = try read(faulty)
        report.tool.version = all
        report.arguments = texts
        report.reasons = texts
        report.notes = texts
        report.scope = Scope(
            kernel: all, architecture: all, cpu: all, coreType: all, microcode: all, platform: .guest, hypervisor: all)
        report.environment.kernel.banner = all
        report.environment.processor.name = all
        report.environment.processor.flags = texts
        for index in report.environment.kernel.bootParameters.indices {
            report.environment.kernel.bootParameters[index].name = all
            report.environment.kernel.bootParameters[index].value = all
        }
        for index in report.probes.indices {
            let text = texts[index % texts.count]
            report.probes[index].title = text
            report.probes[index].answer = text
        }
        report.probes[0].id = "pmi\nok 99 - x"
        report.probes[1].outcome = .skipped
        for index in report.findings.indices {
            report.findings[index].mechanism = all
            report.findings[index].advice = all
            report.findings[index].evidence = texts
            report.findings[index].notMeasured = texts.map {
                UnmeasuredAlternative(alternative: $0, because: $0, command: $0)
            }
            report.findings[index].excluded = texts.map { ExcludedAlternative(alternative: $0, because: $0, runs: 1) }
        }
        for index in report.runs.indices {
            report.runs[index].event = texts[index % texts.count]
            report.runs[index].workload = texts[index % texts.count]
        }
        for (index, arm) in [Arm.samplerTotal, .countingAlone].enumerated() {
            report.runs[index].arm = arm
            report.runs[index].condition = Condition(.recorder, level: 1)
            report.runs[index].disturbances = []
            report.runs[index].timeline = [
                TimelineRow(event: .max, kind: all, pmisBefore: .max, expected: UInt64(index), counted: .max)
            ]
        }
        return report
    }

    /// Name and outcome of each probe, then of the verdict, as every test protocol has to understand them.
    static func points(_ report: Report) -> [String] {
        let label =
            [CounterSource.hardware: "", .breakpoint: "breakpoint.", .simulated: "SIMULATED."][report.source] ?? ""
        let outcomes: [ProbeOutcome: String] = [
            .clean: "pass", .finding: "fail", .inconclusive: "error", .skipped: "skip",
        ]
        let verdicts: [Verdict: String] = [
            .accurate: "pass", .faulty: "fail", .inconclusive: "error", .unsupported: "skip",
        ]
        return report.probes.map { probe in
            let name = probe.id == "pmi\nok 99 - x" ? "pmi-ok-99--x" : probe.id
            return "\(label)\(name) \(outcomes[probe.outcome] ?? "")"
        } + ["\(label)verdict \(verdicts[report.verdict] ?? "")"]
    }
}
