import Diagnosis

/// Faults that came, went, grew or shrank between two reports.
enum FaultChanges {
    static func between(_ before: ReportDigest, _ after: ReportDigest) -> [Change] {
        let came = after.reproduced.compactMap { finding -> Change? in
            let text = FindingText.extent(finding)
            guard let known = before.reproduced.first(where: { isSame($0, finding) }) else {
                return Change(
                    .newFault, .worse, finding.fault.rawValue, before: nil, after: text,
                    magnitude: size(finding.size))
            }
            guard let isLarger = isLarger(finding, than: known) else { return nil }
            return Change(
                isLarger ? .largerFault : .smallerFault, isLarger ? .worse : .better, finding.fault.rawValue,
                before: FindingText.extent(known), after: text, magnitude: size(finding.size))
        }
        // Only where the later report has an answer is a fault gone that it does not name.
        guard after.isAnswered else { return came }
        return came
            + before.reproduced.filter { known in !after.reproduced.contains { isSame($0, known) } }.map {
                Change(
                    .goneFault, .better, $0.fault.rawValue, before: FindingText.extent($0), after: nil,
                    magnitude: size($0.size))
            }
    }

    private static func isSame(_ first: Finding, _ second: Finding) -> Bool {
        first.fault == second.fault && first.per == second.per
    }

    /// True for larger, false for smaller, nil where the difference may be chance: sizes are drawn (a skid varies), so
    /// intervals that overlap tell nothing. Without intervals the medians decide.
    private static func isLarger(_ after: Finding, than before: Finding) -> Bool? {
        if let new = after.interval.map(magnitudes), let old = before.interval.map(magnitudes) {
            return new.low > old.high ? true : new.high < old.low ? false : nil
        }
        let (new, old) = (after.size.median.magnitude, before.size.median.magnitude)
        return new == old ? nil : new > old
    }

    private static func magnitudes(_ interval: Interval) -> (low: Double, high: Double) {
        let ends = [interval.low.magnitude, interval.high.magnitude].sorted()
        return interval.low < 0 && interval.high > 0 ? (0, ends[1]) : (ends[0], ends[1])
    }

    private static func size(_ size: FaultSize) -> UInt64 { max(size.min.magnitude, size.max.magnitude) }
}
