import Diagnosis
import Measurement

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
