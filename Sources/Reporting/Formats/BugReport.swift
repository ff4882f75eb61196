import Diagnosis
import Measurement

/// A mail as Documentation/admin-guide/reporting-issues.rst wants it: a title, one sentence, one paragraph, then
/// details that a maintainer would ask for. Its header lines make it a file that `git send-email` takes.
struct BugReport {
    /// Where the fault is known to be new.
    var regression: Regression?

    /// Columns of mails to kernel lists (Documentation/process/email-clients.rst).
    private static let style = TextStyle(width: 72)
    private static let mostRuns = 10

    func render(_ report: Report) -> String {
        var lines = header(report) + [""]
        lines += before(report)
        lines += paragraph(sentence(report)) + [""]
        for finding in findings(report) { lines += paragraph(finding.mechanism) + [""] }
        if let regression {
            lines += paragraph("On Linux \(regression.good) the same CPU was found accurate by the same test.") + [""]
            if let tagLine = regression.tagLine { lines += [tagLine, ""] }
        }
        lines += section("Kernel and machine", BugReportMachine.lines(report))
        lines += section("Steps to reproduce", steps(report))
        lines += section("What was counted", counts(report))
        for finding in findings(report) {
            lines += section("What shows \(finding.fault.rawValue)", finding.evidence.map { "* \($0)" })
            lines += section(
                "What it is not", finding.excluded.map { "* \($0.alternative): \($0.because)" })
            lines += section("What was not measured", finding.notMeasured.map { "* \($0.sentence)" })
            lines += section("What truecount advises", [finding.advice])
        }
        let notes = Summary.notes(report) + report.reasons.dropFirst()
        lines += section("Notes of the measurement", notes.map { "* \($0)" })
        lines += section("Not in this mail", missing(report))
        lines.append("-- ")
        lines += paragraph("\(report.tool.name) \(report.tool.version), seed \(report.seed)")
        return lines.joined(separator: "\n") + "\n"
    }

    private func findings(_ report: Report) -> [Finding] { report.findingsInOrder }

    private func header(_ report: Report) -> [String] {
        [
            "To: linux-perf-users@vger.kernel.org",
            "Cc: linux-kernel@vger.kernel.org" + (regression == nil ? "" : ", regressions@lists.linux.dev"),
            "Subject: \(regression == nil ? "" : "[REGRESSION] ")\(ascii(subject(report)))",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
        ]
    }

    private func subject(_ report: Report) -> String {
        let label = report.source == .simulated ? "SIMULATED, do not send: " : ""
        let kernel = report.source == .simulated ? "" : " (Linux \(report.scope.kernel), \(report.scope.cpu))"
        guard let finding = findings(report).first else {
            return shortened("\(label)perf: no counting fault found\(kernel)")
        }
        return shortened("\(label)perf: \(finding.headline)\(kernel)")
    }

    /// Archives and bug trackers cut longer titles anywhere.
    private func shortened(_ subject: String) -> String {
        subject.count > 160 ? subject.prefix(157) + "..." : subject
    }

    /// What the sender must settle first; none of it belongs into the mail that is sent.
    private func before(_ report: Report) -> [String] {
        var notes: [String] = Summary.cautions(report)
        if report.findings.isEmpty { notes.append("Nothing was found that could be reported.") }
        if report.verdict != .faulty, !report.findings.isEmpty {
            notes.append("The verdict is \(report.verdict.rawValue): what was seen has not been reproduced.")
        }
        if let tainted = report.environment.kernel.tainted, tainted != 0, report.source != .simulated {
            notes.append(
                "The kernel is tainted (\(tainted)): see whether an untainted one shows it too, and say so.")
        }
        if report.scope.platform == .guest, report.source == .hardware {
            notes.append(
                "This is a guest: the fault may be the hypervisor's. Try the host, and for KVM add kvm@vger.kernel.org."
            )
        }
        if regression?.tagLine != nil {
            notes.append(
                "The range that regzbot is told comes from the kernels' releases. Those of distributions carry patches: "
                    + "try the tags themselves, and narrow the range with git bisect.")
        }
        guard !notes.isEmpty else { return [] }
        return ["[Before sending, settle this and delete it:"]
            + notes.flatMap { Self.style.wrapped("* \(printable($0))", indent: 1, hanging: 2) } + ["]", ""]
    }

    private func sentence(_ report: Report) -> String {
        guard let finding = findings(report).first else {
            return "\(Summary.word(report)): \(Summary.sentence(report))"
        }
        return "\(Summary.scope(report)): \(finding.headline)."
    }

    private func steps(_ report: Report) -> [String] {
        let commands = ReportedCommands(report)
        var lines = ["* with truecount, which compares counts with known ones:", "    \(commands.reproduce)"]
        if let count = commands.perfStat, let record = commands.perfRecord {
            lines += [
                "* with perf alone; both must count the same for a PROGRAM whose branches do not vary:",
                "    \(count)", "    \(record)",
            ]
        }
        return lines
    }

    private func counts(_ report: Report) -> [String] {
        var lines = report.probes.map { "* \($0.title) (\(Summary.figures($0))): \($0.answer)" }
        let runs = DeviatingRun.all(of: report)
        lines += runs.prefix(Self.mostRuns).map { run in
            "    \(run.workload), arm \(run.arm), period \(run.period.map(String.init) ?? "none"): "
                + "expected \(run.expected), counted \(run.counted), \(run.pmis) PMIs"
        }
        if runs.count > Self.mostRuns { lines.append("    and \(runs.count - Self.mostRuns) more runs that deviate") }
        return lines
    }

    private func missing(_ report: Report) -> [String] {
        var lines = [
            "* the full report (truecount diagnose --format json), the kernel's configuration and the full dmesg:"
                + " put them somewhere and link to them",
            "* whether a fresh mainline kernel shows it, which the list will ask first",
            "* who looks after the code: scripts/get_maintainer.pl -f kernel/events/core.c arch/x86/events/core.c",
        ]
        if regression == nil {
            lines.append(
                "* if it is a regression, the last good version and the first bad one, [REGRESSION] in the subject and"
                    + " regressions@lists.linux.dev in the Cc (truecount report --baseline writes them)")
        }
        return lines
    }

    private func section(_ title: String, _ lines: [String]) -> [String] {
        guard !lines.isEmpty else { return [] }
        return ["\(printable(title)):", ""] + lines.flatMap(item) + [""]
    }

    /// What is indented is there to be copied, so it keeps its line.
    private func item(_ line: String) -> [String] {
        line.hasPrefix("  ") ? [printable(line)] : paragraph(line)
    }

    private func paragraph(_ text: String) -> [String] {
        Self.style.wrapped(printable(text), hanging: text.hasPrefix("* ") ? 2 : 0)
    }

    /// Header lines hold ASCII (RFC 5322); the body says everything again as it is.
    private func ascii(_ text: String) -> String {
        String(decoding: printable(text).unicodeScalars.map { $0.isASCII ? UInt8($0.value) : 0x3F }, as: UTF8.self)
    }
}

/// The facts that maintainers of perf and of rr ask for (reporting-issues.rst, rr's issues): what `truecount info`
/// prints, less what has no bearing on a count.
enum BugReportMachine {
    static func lines(_ report: Report) -> [String] {
        guard report.source != .simulated else {
            return [Summary.scope(report)]
        }
        let skipped: Set<String> = ["NMIs since boot", "PMIs since boot", "CAP_PERFMON", "CAP_SYS_ADMIN", "seccomp"]
        return MachineFacts.all(report.environment).filter { !skipped.contains($0.label) }
            .map { "* \($0.label): \($0.value)" }
    }
}

/// What a bug report says where an earlier kernel of the same machine had not the fault
/// (Documentation/admin-guide/reporting-regressions.rst).
struct Regression {
    /// Releases as uname(2) has them.
    var good: String
    var bad: String
    /// Tags of mainline or stable that they were built from, as far as a release tells.
    var goodTag: String?
    var badTag: String?

    /// Nil unless a core PMU of the same CPU was found accurate on another kernel, and faulty on this one.
    init?(from baseline: ReportDigest, to report: Report) {
        guard baseline.source == .hardware, report.source == .hardware, report.induced == nil,
            baseline.verdict == .accurate, report.verdict == .faulty, baseline.scope.cpu == report.scope.cpu,
            baseline.scope.kernel != report.scope.kernel
        else { return nil }
        good = baseline.scope.kernel
        bad = report.scope.kernel
        goodTag = Self.tag(good)
        badTag = Self.tag(bad)
    }

    /// "v6.12.95" of "6.12.95+deb12-amd64", "v5.10" of "5.10.0-46-amd64", "v6.18-rc3" of "6.18.0-rc3-next".
    static func tag(_ release: String) -> String? {
        let parts = release.split { $0 == "-" || $0 == "+" }
        let numbers = parts.first?.split(separator: ".", omittingEmptySubsequences: false) ?? []
        guard (2...3).contains(numbers.count), numbers.allSatisfy({ UInt16($0) != nil }) else { return nil }
        let version = "v" + numbers.prefix(numbers.last == "0" && numbers.count == 3 ? 2 : 3).joined(separator: ".")
        guard parts.count > 1, parts[1].hasPrefix("rc"), UInt8(parts[1].dropFirst(2)) != nil else { return version }
        return "\(version)-\(parts[1])"
    }

    /// What regzbot, the tracker of regressions, reads; it has to stand at the start of a line.
    var tagLine: String? {
        guard let goodTag, let badTag, goodTag != badTag else { return nil }
        return "#regzbot introduced: \(goodTag)..\(badTag)"
    }
}
