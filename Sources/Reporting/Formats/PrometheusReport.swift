import Diagnosis
import FoundationEssentials
import Measurement

/// Prometheus's text format 0.0.4, for the textfile collector of node_exporter: gauges of the last diagnosis, which the
/// scrape labels with the machine.
///
/// Every sample has the label `source`, and `induced` where truecount made the fault itself: an alert that asks for
/// `source="hardware", induced=""` never tells of a simulated PMU or a fault made on purpose.
enum PrometheusReport {
    static func render(_ report: Report) -> String {
        let summary = SummaryLine(report)
        let of = Labels([("source", summary.source.rawValue), ("induced", summary.induced)])
        var families = [
            Family(
                "truecount_info", "What the last diagnosis is about, and which truecount made it.",
                [
                    of.and([
                        ("kernel", summary.kernel), ("cpu", summary.cpu), ("core_type", summary.coreType),
                        ("microcode", summary.microcode), ("platform", summary.platform.rawValue),
                        ("hypervisor", summary.hypervisor), ("event", summary.event), ("version", summary.truecount),
                    ]).sample(1)
                ]),
            Family(
                "truecount_verdict", "1 for the verdict of the last diagnosis, 0 for the others.",
                Verdict.allCases.map { of.and([("verdict", $0.rawValue)]).sample($0 == summary.verdict ? 1 : 0) }),
            Family(
                "truecount_diagnosis_timestamp_seconds", "When the last diagnosis was started, in seconds since 1970.",
                [of.sample(Int(summary.time.timeIntervalSince1970))]),
            Family(
                "truecount_diagnosis_duration_seconds", "How long the last diagnosis took, in seconds.",
                summary.seconds.map { [of.sample($0)] } ?? []),
            Family("truecount_diagnosis_runs", "Runs that the last diagnosis made.", [of.sample(summary.runs)]),
            Family(
                "truecount_diagnosis_pmis", "PMIs (counter overflow interrupts) in these runs.",
                [of.sample(summary.pmis)]),
        ]
        families += findings(summary.findings, of)
        return families.map(\.text).joined()
    }

    private static func findings(_ all: [SummaryLine.Finding], _ labels: Labels) -> [Family] {
        // Two samples of the same labels would make the whole file unreadable.
        var seen: Set<String> = []
        let findings = all.filter { seen.insert(labels.and(name: $0).sample(0)).inserted }
        func isOfPMIs(_ finding: SummaryLine.Finding) -> Bool { [.missing, .twice].contains(finding.direction) }
        func sizes(_ findings: [SummaryLine.Finding]) -> [String] {
            findings.flatMap { finding in
                [("min", finding.least), ("median", finding.median), ("max", finding.most)].map { name, size in
                    labels.and(name: finding).and([("stat", name)]).sample(size)
                }
            }
        }
        return [
            Family(
                "truecount_finding_branches", "Size of a reproduced fault: branches lost, gained or late.",
                sizes(findings.filter { !isOfPMIs($0) })),
            Family(
                "truecount_finding_pmis", "Size of a reproduced fault: PMIs missing or taken twice.",
                sizes(findings.filter(isOfPMIs))),
            Family(
                "truecount_finding_affected_ratio",
                "Share of the PMIs (or runs, as the label among says) at which a reproduced fault struck, 0 to 1.",
                findings.map { finding in
                    let share = Double(finding.affected) / Double(max(1, finding.of))
                    return labels.and(name: finding).and([("among", finding.among.rawValue)]).sample(min(share, 1))
                }),
        ]
    }

    /// A metric: HELP and TYPE once, then its samples.
    private struct Family {
        var text = ""

        init(_ name: String, _ help: String, _ samples: [String]) {
            guard !samples.isEmpty else { return }
            text = "# HELP \(name) \(help)\n# TYPE \(name) gauge\n" + samples.map { "\(name)\($0)\n" }.joined()
        }
    }

    private struct Labels {
        private var pairs: [String]

        /// Without those that have no value: to Prometheus they are the same as empty.
        init(_ labels: [(name: String, value: String?)]) {
            pairs = labels.compactMap { name, value in value.map { "\(name)=\"\(Self.escaped($0))\"" } }
        }

        func and(_ labels: [(name: String, value: String?)]) -> Labels {
            var all = self
            all.pairs += Labels(labels).pairs
            return all
        }

        func and(name finding: SummaryLine.Finding) -> Labels {
            and([
                ("fault", finding.fault.rawValue), ("direction", finding.direction.rawValue),
                ("per", finding.per.rawValue),
            ])
        }

        func sample(_ value: some CustomStringConvertible) -> String {
            "{\(pairs.joined(separator: ","))} \(value.description)"
        }

        /// The format escapes these two and the newline, which `printable` has replaced.
        private static func escaped(_ text: String) -> String {
            var result = String.UnicodeScalarView()
            for scalar in printable(text).unicodeScalars {
                if scalar == "\\" || scalar == "\"" { result.append("\\") }
                result.append(scalar)
            }
            return String(result)
        }
    }
}
