/// A finding in words: its size, its direction, and how often it strikes.
extension Finding {
    /// As the answer of a probe: "10 lost at each PMI", "5 to 39 late at 1 % of PMIs". Short enough for a line; the
    /// headline has the interval.
    public var brief: String { words(noun: nil, isBrief: true) + (isReproduced ? "" : ", seen once") }

    /// With its name before it: "freeze-on-pmi: 10 branches lost at each PMI, on every counter of this CPU".
    public var headline: String { "\(fault.rawValue): \(extent)" }

    /// As the headline of the finding: "10 branches lost at each PMI, on every counter of this CPU".
    public var extent: String {
        // What a later version's fault counts is its own.
        let noun = KnownFault.of(fault) == nil ? ("count", "counts") : ("branch", "branches")
        return words(noun: noun, isBrief: false) + (KnownFault.of(fault)?.place.map { ", \($0)" } ?? "")
            + (cpuList.map { "; CPU \($0)" } ?? "")
    }

    /// The unit of its size as one word, for programs that draw it: "branches_lost_per_pmi".
    public var unit: String {
        "\(direction.noun.several.lowercased())_\(direction.rawValue)_per_\(per.rawValue)"
    }

    /// How often it struck, for a table: "281 of 281 PMIs".
    public var strikes: String {
        "\(Figures.grouped(frequency.affected)) of \(Figures.grouped(frequency.of)) \(frequency.per.nouns.several)"
    }

    private func words(noun: (one: String, several: String)?, isBrief: Bool) -> String {
        let interval = isBrief ? "" : " (\(intervalText))"
        let often = often(interval)
        switch direction {
        case .missing, .twice:
            let verb = direction == .missing ? "missing" : "taken twice"
            if per == .pmi {
                return frequency.isAlways ? "every PMI \(verb)" : "\(shareText) % of PMIs \(verb)\(interval)"
            }
            return "\(sizeText(noun: ("PMI", "PMIs"), hasMedian: true)) \(verb) \(often)"
        default:
            let hasMedian = !isBrief || frequency.isAlways
            return "\(sizeText(noun: noun, hasMedian: hasMedian)) \(direction.rawValue) \(often)"
        }
    }

    /// "10 branches", "5 to 39 branches (median 22)", "0.19 branches".
    private func sizeText(noun: (one: String, several: String)?, hasMedian: Bool) -> String {
        func with(_ figure: String, _ isOne: Bool) -> String {
            noun.map { "\(figure) \(isOne ? $0.one : $0.several)" } ?? figure
        }
        if size.min == size.max { return with(Figures.grouped(size.min), size.min == 1) }
        // A fault that strikes one trigger in many: its integers say nothing.
        if size.min == 0, size.max <= 1 { return with(decimalOf(size.mean), false) }
        return with("\(Figures.grouped(size.min)) to \(Figures.grouped(size.max))", false)
            + (hasMedian ? " (median \(Figures.grouped(size.median)))" : "")
    }

    private func decimalOf(_ value: Double) -> String { value < 0.01 ? "under 0.01" : Figures.decimal(value) }

    /// "at each PMI", "at 2 % of PMIs (1.2 to 3.1 %)", "for each locked instruction, in 12 of 14 runs".
    private func often(_ interval: String) -> String {
        let unit = per.nouns
        guard frequency.per == per else {
            let runs = frequency.per.nouns.several
            return "for each \(unit.one)"
                + (frequency.isAlways
                    ? "" : ", in \(Figures.grouped(frequency.affected)) of \(Figures.grouped(frequency.of)) \(runs)")
        }
        if frequency.isAlways { return "\(per == .run || per == .reading ? "in" : "at") each \(unit.one)" }
        if per == .run || per == .reading {
            return "in \(Figures.grouped(frequency.affected)) of \(Figures.grouped(frequency.of)) \(unit.several)"
        }
        return "at \(shareText) % of \(unit.several)\(interval)"
    }

    private var shareText: String { Figures.percent(frequency.share) }
    private var intervalText: String {
        "\(Figures.percent(frequency.interval.low)) to \(Figures.percent(frequency.interval.high)) %"
    }
}

extension Direction {
    /// What a size in that direction counts.
    var noun: (one: String, several: String) {
        switch self {
        case .missing, .twice: ("PMI", "PMIs")
        default: ("branch", "branches")
        }
    }

    /// Sizes of several findings: "10 to 12 branches lost per PMI".
    public func words(from least: UInt64, to greatest: UInt64, per unit: FaultUnit) -> String {
        let range =
            least == greatest
            ? "\(Figures.grouped(least)) \(least == 1 ? noun.one : noun.several)"
            : "\(Figures.grouped(least)) to \(Figures.grouped(greatest)) \(noun.several)"
        return "\(range) \(rawValue) per \(unit.nouns.one)"
    }

    /// What a count lacks, or has too much, without a sign: "10 lost", "3 gained", "0".
    public static func words(deficit: Int64) -> String {
        deficit == 0 ? "0" : "\(Figures.grouped(deficit.magnitude)) \((deficit > 0 ? lost : gained).rawValue)"
    }

    /// A range of such: "1 to 3 gained", "from 3 gained to 7 lost".
    public static func words(deficits least: Int64, _ greatest: Int64) -> String {
        if least == greatest { return words(deficit: least) }
        if least < 0, greatest > 0 { return "from \(words(deficit: least)) to \(words(deficit: greatest))" }
        let ends = [least.magnitude, greatest.magnitude].sorted()
        return "\(Figures.grouped(ends[0])) to \(words(deficit: least < 0 ? least : greatest))"
    }
}

extension UnmeasuredAlternative {
    /// "not measured: pmi-drop: no undisturbed counter ran beside a sampler (truecount diagnose --probe bystander)".
    public var sentence: String { "\(ProbeResult.notMeasured)\(alternative): \(because) (\(command))" }
}
