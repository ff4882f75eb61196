import Diagnosis
import Measurement

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
        - `starved-counter`: it is the only finding, and the verdict is `inconclusive`: a counter that is not to be had \
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
