import Diagnosis

/// A finding as a headline: the fault's name, its size, and where it shows.
enum FindingText {
    static func headline(_ finding: Finding) -> String {
        "\(finding.fault.rawValue): \(extent(finding))"
    }

    /// The headline without the name: "10 branches lost at each PMI, on every counter of this CPU".
    static func extent(_ finding: Finding) -> String {
        "\(size(finding)) \(occasion(finding.per))" + (place(finding.fault).map { ", \($0)" } ?? "")
            + (finding.cpuList.map { "; CPU \($0)" } ?? "")
    }

    /// Who tells more about a fault, and the command, if it is one of this version's.
    static func more(_ fault: Fault) -> (words: String, command: String?) {
        Fault.allCases.contains(fault)
            ? ("More:", "truecount explain \(fault.rawValue)")
            : ("A later truecount than this \(Tool.current.version) can explain it.", nil)
    }

    /// "10 branches lost", "9 to 10 branches lost (median 10)", "3 branches too many".
    private static func size(_ finding: Finding) -> String {
        let size = finding.size
        let isSurplus = size.max <= 0 && size.min < 0
        // A surplus is negative: its largest magnitude is the minimum.
        let low = isSurplus ? size.max : size.min
        let high = isSurplus ? size.min : size.max
        let noun = noun(finding.fault)
        let what = isSurplus ? "too many" : size.min < 0 ? "off" : verb(finding.fault)
        if low == high { return "\(Figures.counted(low.magnitude, noun)) \(what)" }
        if size.isBelowOne { return "\(hundredths(size.mean.magnitude)) \(Figures.plural(noun)) \(what)" }
        let median = isSurplus ? figure(size.median.magnitude) : figure(size.median)
        let range =
            isSurplus ? "\(figure(low.magnitude)) to \(figure(high.magnitude))" : "\(figure(low)) to \(figure(high))"
        return "\(range) \(Figures.plural(noun)) \(what) (median \(median))"
    }

    /// Two decimals, and no fewer than one hundredth.
    private static func hundredths(_ value: Double) -> String {
        let hundredths = max(1, Int(value * 100 + 0.5))
        return hundredths == 1 && value < 0.01 ? "under 0.01" : "0.\(hundredths < 10 ? "0" : "")\(hundredths)"
    }

    private static func figure(_ value: Int64) -> String { (value < 0 ? "-" : "") + Figures.grouped(value.magnitude) }
    private static func figure(_ value: UInt64) -> String { Figures.grouped(value) }

    static func occasion(_ unit: FaultUnit) -> String {
        switch unit {
        case .pmi: "at each PMI"
        case .run: "in each run"
        case .lockedInstruction: "for each locked instruction"
        case .smi: "at each SMI"
        case .cpuid: "at each CPUID"
        case .migration: "at each migration"
        case .kernelEntry: "at each kernel entry"
        case .contextSwitch: "at each context switch"
        case .reading: "in each reading"
        default: "for each \(unit.rawValue)"
        }
    }

    private static let missingPMIs: Set<Fault> = [.lostPMI, .migrationLoss, .periodIgnored]
    private static func noun(_ fault: Fault) -> String {
        // What a later version's fault counts is its own.
        guard Fault.allCases.contains(fault) else { return "count" }
        return missingPMIs.contains(fault) || fault == .duplicatePMI ? "PMI" : "branch"
    }
    private static func verb(_ fault: Fault) -> String {
        fault == .latePMI ? "late" : missingPMIs.contains(fault) ? "missing" : "lost"
    }

    /// On which counters a fault shows, where its name says so by definition (DESIGN.md, fault slugs).
    private static func place(_ fault: Fault) -> String? {
        switch fault {
        case .freezeOnPMI: "on every counter of this CPU"
        case .pmiDrop: "on the sampled counter only"
        default: nil
        }
    }
}

extension FaultSize {
    /// Whether a fault strikes one occasion in many, so that its integers say nothing.
    fileprivate var isBelowOne: Bool {
        (min == 0 && max == 1 || min == -1 && max == 0) && mean.magnitude < 0.995
    }
}
