import Diagnosis
import FoundationEssentials
import Measurement

/// KernelCI's I/O schema 5.3 (kcidb-io), ready for `kcidb-submit`. Its rules: no nulls, no unknown names, and what has
/// no name of its own goes under "misc".
enum KCIDBReport {
    /// Who submits. A CI with an origin of its own at KernelCI replaces it.
    private static let origin = "truecount"

    static func render(_ report: Report) throws -> String {
        String(decoding: try ReportJSON.encode(Submission(report)), as: UTF8.self)
    }

    private struct Submission: Encodable {
        var version = ["major": 5, "minor": 3]
        var checkouts: [Checkout]
        var builds: [Build]
        var tests: [Test]

        init(_ report: Report) {
            // Only the kernel's release is known, neither its commit nor its configuration.
            let kernel = "\(origin):\(slug(report.scope.kernel))"
            checkouts = [Checkout(id: kernel, comment: printable("Linux \(report.scope.kernel)"))]
            // The pattern of an architecture has no "-".
            let architecture = String(slug(report.scope.architecture).lowercased().map { $0 == "-" ? "_" : $0 })
            builds = [
                Build(
                    checkoutID: kernel, id: kernel, architecture: architecture,
                    comment: printable(report.environment.kernel.banner ?? "Linux \(report.scope.kernel)"))
            ]
            let time = report.startedAt.formatted(.iso8601)
            tests = TestPoint.all(of: report).map { point in
                Test(
                    buildID: kernel, id: "\(origin):\(slug(time))-\(report.seed)-\(point.name)",
                    path: point.runs == nil ? path(point, without: "verdict") : "truecount.\(point.name)",
                    comment: "\(point.title): \(point.reason)", status: status(point.outcome), startTime: time,
                    environment: Environment(comment: Summary.scope(report)),
                    misc: Misc(report, point))
            }
        }
    }

    private struct Checkout: Encodable {
        var id: String
        var origin = KCIDBReport.origin
        var comment: String
    }

    private struct Build: Encodable {
        var checkoutID: String
        var id: String
        var origin = KCIDBReport.origin
        var architecture: String
        var comment: String

        private enum CodingKeys: String, CodingKey {
            case id, origin, architecture, comment
            case checkoutID = "checkout_id"
        }
    }

    private struct Test: Encodable {
        var buildID: String
        var id: String
        var origin = KCIDBReport.origin
        var path: String
        var comment: String
        var status: String
        var startTime: String
        var environment: Environment
        var misc: Misc

        private enum CodingKeys: String, CodingKey {
            case id, origin, path, comment, status, environment, misc
            case buildID = "build_id"
            case startTime = "start_time"
        }
    }

    private struct Environment: Encodable {
        var comment: String
    }

    /// What the schema has no name for.
    private struct Misc: Encodable {
        var tool: Tool
        var source: String
        var seed: UInt64
        var runs: Int?
        var pmis: UInt64?
        var cautions: [String]?
        var findings: [Finding]?
        var reproduce: String

        init(_ report: Report, _ point: TestPoint) {
            tool = report.tool
            source = report.source.rawValue
            seed = report.seed
            runs = point.runs
            pmis = point.pmis
            let all = Summary.cautions(report)
            cautions = all.isEmpty ? nil : all
            findings = point.runs == nil ? report.findings : nil
            reproduce = ReportedCommands(report).reproduce
        }
    }

    /// The verdict is the result of the whole test: "truecount", "truecount.breakpoint".
    private static func path(_ point: TestPoint, without last: String) -> String {
        (["truecount"] + point.name.split(separator: ".").map(String.init)).filter { $0 != last }.joined(separator: ".")
    }

    private static func status(_ outcome: TestPoint.Outcome) -> String {
        switch outcome {
        case .pass: "PASS"
        case .fail: "FAIL"
        case .skip: "SKIP"
        case .error: "ERROR"
        }
    }
}
