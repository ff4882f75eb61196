import Foundation

/// What the tests read of a report: the names that the report's format fixes, decoded apart from the product's types,
/// so that a name that changes in both places does not go unseen.
struct GuestReport: Decodable, Sendable {
    struct Size: Decodable, Sendable {
        let min: Int64
        let median: Int64
        let max: Int64
    }

    struct Excluded: Decodable, Sendable {
        let runs: Int
    }

    struct Finding: Decodable, Sendable {
        let fault: String
        let per: String
        let direction: String
        let size: Size
        let mechanism: String
        let excluded: [Excluded]
        let runs: [Int]
        let isReproduced: Bool
    }

    struct Probe: Decodable, Sendable {
        let id: String
        let outcome: String
        let answer: String
    }

    struct PlantedLoss: Decodable, Sendable {
        let total: Int64
    }

    struct Ledger: Decodable, Sendable {
        struct Kept: Decodable, Sendable {
            let index: [Int64]
            let truePosition: [Int64?]?
        }

        let rows: Int64
        let skids: Histogram?
        let kept: Kept?
    }

    /// Values, each once.
    struct Histogram: Decodable, Sendable {
        let values: [Int64]

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            values =
                try (try? value.decode([Int64].self))
                ?? value.decode([String: UInt64].self).keys.compactMap { Int64($0) }
        }
    }

    /// Columns; one that is absent is 0 in every row, or for `counted` what is expected there.
    struct Timeline: Decodable, Sendable {
        let pmisBefore: [Int64]?
        let expected: [Int64]
        let counted: [Int64]?

        var events: [(pmisBefore: Int64, deficit: Int64)] {
            expected.indices.map { (pmisBefore?[$0] ?? 0, expected[$0] - (counted?[$0] ?? expected[$0])) }
        }
    }

    struct Run: Decodable, Sendable {
        let probe: String
        let workload: String
        let arm: String
        let period: Int64?
        let expected: Int64
        let counted: Int64
        let samplerExpected: Int64?
        let samplerCounted: Int64?
        private let taken: Int64?
        private let lostRecords: Int64?
        private let voluntarySwitches: Int64?
        private let involuntarySwitches: Int64?
        let planted: PlantedLoss?
        let throttledMoves: Int64?
        let ledger: Ledger?
        let timeline: Timeline?

        private enum CodingKeys: String, CodingKey {
            case probe, workload, arm, period, expected, counted, samplerExpected, samplerCounted, lostRecords, planted
            case throttledMoves, ledger, timeline, voluntarySwitches, involuntarySwitches
            case taken = "pmis"
        }

        // What is 0 is left out.
        var pmis: Int64 { taken ?? 0 }
        var lost: Int64 { lostRecords ?? 0 }
        var switches: Int64 { (voluntarySwitches ?? 0) + (involuntarySwitches ?? 0) }
    }

    let verdict: String
    let source: String
    let reasons: [String]
    let findings: [Finding]
    let probes: [Probe]
    let runs: [Run]
    let environment: AnyJSON
}

extension GuestReport.Run {
    /// What the counter is low by, beside what truecount planted itself. Negative: a surplus.
    var deficit: Int64 { expected - counted - (planted?.total ?? 0) }

    /// The same for the sampler of the same event beside a bystander; 0 where there is none. A loss is planted on both.
    var samplerDeficit: Int64 {
        guard let samplerExpected, let samplerCounted else { return 0 }
        return samplerExpected - samplerCounted - (planted?.total ?? 0)
    }

    /// Overflows that interrupted: with a record in the ring, or where the ring had no room for one.
    var overflows: Int64 { pmis + lost }

    /// Overflows that no record tells of, because their PMI came when the counter was off, which the kernel passes over
    /// (`x86_pmu_handle_irq`, `active_mask`): after the run, or after the task was switched out.
    ///
    /// One number where each overflow has a PMI of its own: the period is above the longest skid, of which arm C's
    /// instructions may be 32 a branch. Otherwise a range.
    func overflowsWithoutRecord(longestSkid: Int64) -> ClosedRange<Int64> {
        guard let period, arm != "A" else { return 0...0 }
        guard period > longestSkid * (arm == "C" ? 32 : 1) else { return 0...switches + 1 }
        let missing = (samplerCounted ?? counted) / period - overflows
        return missing...missing
    }

    /// Whether a counter of the same event that never overflows ran beside the sampler.
    var hasBystanderOfSameEvent: Bool { arm == "B" && planted == nil }

    /// Counts between each overflow and its PMI, where the sampler kept a full account: sampled event and counted
    /// event are the same, no count is missing, none was planted.
    var skids: [Int64] {
        guard let period, let ledger, arm == "B" || arm == "D", planted == nil, lost == 0, pmis == ledger.rows else {
            return []
        }
        let kept = zip(ledger.kept?.index ?? [], ledger.kept?.truePosition ?? []).compactMap { index, position in
            position.map { $0 - index * period }
        }
        return kept + (ledger.skids?.values ?? [])
    }
}

/// Any JSON, kept only to look for a word in it.
enum AnyJSON: Decodable, Sendable {
    case text(String)
    case list([AnyJSON])
    case members([String: AnyJSON])
    case other

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([AnyJSON].self) {
            self = .list(list)
        } else if let members = try? value.decode([String: AnyJSON].self) {
            self = .members(members)
        } else {
            self = .other
        }
    }

    /// Whether any text in it contains the word, whatever its case.
    func mentions(_ word: String) -> Bool {
        switch self {
        case .text(let text): text.lowercased().contains(word.lowercased())
        case .list(let list): list.contains { $0.mentions(word) }
        case .members(let members): members.values.contains { $0.mentions(word) }
        case .other: false
        }
    }
}
