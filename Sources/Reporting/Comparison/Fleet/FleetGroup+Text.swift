import Diagnosis
import FoundationEssentials
import Measurement

extension FleetGroup {
    /// "FAULTY", "breakpoint UNSUPPORTED", "SIMULATED FAULTY", "INDUCED FAULTY".
    var word: String {
        let label =
            switch key.source {
            case .hardware: ""
            case .breakpoint: "breakpoint "
            case .simulated: "SIMULATED "
            }
        return label + (key.isInduced ? "INDUCED " : "") + worst.rawValue.uppercased()
    }

    /// "Linux 6.1.0 · Intel 06-5e-03 (Skylake) · guest of KVM". A simulated PMU runs on no kernel, and its report says
    /// so.
    var scope: String {
        guard key.source != .simulated else { return "\(key.cpu), kernel \(key.kernel)" }
        let platform: String? =
            switch key.platform {
            case .bareMetal: "bare metal"
            case .guest: "guest of \(key.hypervisor ?? "an unnamed hypervisor")"
            case .unknown: nil
            }
        return ["Linux \(key.kernel)", key.cpu, key.coreType, platform].compactMap(\.self).joined(separator: " · ")
    }

    /// "3 faulty, 97 accurate".
    var tally: String { Self.tally(verdicts) }

    static func tally(_ verdicts: [Verdict: Int]) -> String {
        order.compactMap { verdict in
            verdicts[verdict].map { "\(Figures.grouped(UInt64($0))) \(verdict.rawValue)" }
        }.joined(separator: ", ")
    }

    /// A sentence for each fault and each reason.
    var details: [String] {
        faults.map { count in
            "\(count.fault.rawValue) in \(Figures.counted(UInt64(count.reports), "report")): median "
                + "\(Self.range(count)) \(FindingText.occasion(count.per))"
        } + reasons.map { "\($0.reason) (\(Figures.counted(UInt64($0.reports), "report")))" }
    }

    private static func range(_ count: FaultCount) -> String {
        count.least == count.greatest ? "\(count.least)" : "\(count.least) to \(count.greatest)"
    }

    /// What a person should look at first comes first: real faults, then what has no answer; what was made on purpose
    /// comes after all that was not.
    static func isWorse(_ one: FleetGroup, _ other: FleetGroup) -> Bool {
        func rank(_ group: FleetGroup) -> [Int] {
            [group.key.source == .simulated ? 2 : group.key.isInduced ? 1 : 0, order.firstIndex(of: group.worst) ?? 0]
                + order.map { -group.verdicts[$0, default: 0] }
        }
        let (first, second) = (rank(one), rank(other))
        if first != second { return first.lexicographicallyPrecedes(second) }
        return (one.scope, one.word) < (other.scope, other.word)
    }

    private enum CodingKeys: String, CodingKey {
        case kernel, cpu, coreType, platform, hypervisor, source, induced, reports, verdicts, faults, reasons, first,
            last,
            files
    }

    private struct Reason: Encodable {
        var reason: String
        var reports: Int
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(key.kernel, forKey: .kernel)
        try container.encode(key.cpu, forKey: .cpu)
        try container.encodeIfPresent(key.coreType, forKey: .coreType)
        try container.encode(key.platform, forKey: .platform)
        try container.encodeIfPresent(key.hypervisor, forKey: .hypervisor)
        try container.encode(key.source, forKey: .source)
        if key.isInduced { try container.encode(true, forKey: .induced) }
        try container.encode(reports, forKey: .reports)
        let counts = Dictionary(uniqueKeysWithValues: verdicts.map { ($0.key.rawValue, $0.value) })
        try container.encode(counts, forKey: .verdicts)
        try container.encode(faults, forKey: .faults)
        try container.encode(reasons.map { Reason(reason: $0.reason, reports: $0.reports) }, forKey: .reasons)
        try container.encode(first, forKey: .first)
        try container.encode(last, forKey: .last)
        try container.encode(examples.map(\.path), forKey: .files)
    }
}
