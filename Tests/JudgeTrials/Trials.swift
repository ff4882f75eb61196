import Diagnosis
import Measurement

/// One piece of work for each seed, on so many threads; the answers are in no order.
func inParallel<Answer: Sendable>(
    _ seeds: Range<UInt64>, threads: Int, _ work: @escaping @Sendable (UInt64) -> Answer
) async -> [Answer] {
    await withTaskGroup(of: [Answer].self) { group in
        for thread in 0..<threads {
            group.addTask {
                stride(from: seeds.lowerBound + UInt64(thread), to: seeds.upperBound, by: threads).map(work)
            }
        }
        return await group.reduce(into: []) { $0 += $1 }
    }
}

/// What a diagnosis says, and whether it is what was planted.
struct Judgement: Sendable {
    /// The reproduced findings' slugs, or the disturbances' labels, or else the verdict.
    let named: String
    let isRight: Bool
    let isFaulty: Bool
    /// The model's parameters, where they are not the default.
    let model: String

    static let definition = """
        - a counting fault: the verdict is `faulty`, and the reproduced findings are the planted fault and nothing else;
        - `starved-counter`: it is the only finding, and the verdict is `inconclusive`: a counter in use \
        is not a counter that is wrong;
        - a disturbance (`throttled`, `multiplexed`, `records-lost`): runs carry its label, there is no finding, and \
        the verdict is not `faulty`;
        - a healthy PMU: the verdict is `accurate`, and there is no finding, reproduced or not.
        """

    init(of result: DiagnosisResult, planted: String?, model: String) {
        self.model = model
        isFaulty = result.verdict == .faulty
        let found = result.findings.filter { $0.isReproduced || $0.fault == .starvedCounter }.map(\.fault.rawValue)
        let labels = Set(result.runs.flatMap(\.disturbances).map(\.rawValue)).subtracting([Disturbance.starved.rawValue]
        )
        if !found.isEmpty {
            named = found.sorted().joined(separator: " + ")
        } else if !labels.isEmpty, result.verdict != .faulty {
            named = labels.sorted().joined(separator: " + ")
        } else {
            named = result.verdict.rawValue
        }
        switch planted {
        case nil:
            isRight = result.verdict == .accurate && result.findings.isEmpty
        case Fault.starvedCounter.rawValue?:
            isRight = result.verdict == .inconclusive && found == [Fault.starvedCounter.rawValue]
        case let planted?:
            isRight =
                Disturbance.allCases.contains { $0.rawValue == planted }
                ? result.verdict != .faulty && result.findings.isEmpty && labels.contains(planted)
                : result.verdict == .faulty && found == [planted]
        }
    }
}

/// What many diagnoses of one planted fault named.
struct Tally: Sendable {
    var named: [String: Int] = [:]
    var right = 0
    var faulty = 0
    var wrong: [WrongName] = []

    mutating func add(_ judgement: Judgement, seed: UInt64) {
        named[judgement.named, default: 0] += 1
        if judgement.isFaulty { faulty += 1 }
        if judgement.isRight {
            right += 1
        } else {
            wrong.append(WrongName(seed: seed, named: judgement.named, model: judgement.model))
        }
    }
}

struct WrongName: Codable, Sendable {
    var seed: UInt64
    var named: String
    var model: String
}
