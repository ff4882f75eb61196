import Measurement

/// How much a diagnosis measures. A plan of runs, not a time limit: it is sized once, from calibration runs, and then
/// carried out whole.
public enum Effort: String, Codable, Sendable, Hashable, CaseIterable {
    case quick, standard, thorough

    struct Budget {
        /// Seconds that the measured windows of the four arms should take together.
        var seconds: Double
        /// The same on breakpoints: they cannot answer the question that was asked, so nobody should wait long for them.
        var secondsOnBreakpoints: Double
        /// How many different periods are tried.
        var periods: Int
        /// How often each run is repeated. Never below 2: a finding has to be reproduced.
        var rounds: Int
        /// Workloads of the positive control.
        var controlWorkloads: Int
        /// Counts that the positive control loses at each PMI, one run for each.
        var plantedLosses: [UInt64]
    }

    var budget: Budget {
        switch self {
        case .quick:
            Budget(
                seconds: 0.7, secondsOnBreakpoints: 0.25, periods: 1, rounds: 2, controlWorkloads: 2,
                plantedLosses: [7])
        case .standard:
            Budget(
                seconds: 4, secondsOnBreakpoints: 2.5, periods: 3, rounds: 3, controlWorkloads: .max,
                plantedLosses: [1, 7])
        case .thorough:
            Budget(
                seconds: 60, secondsOnBreakpoints: 60, periods: 4, rounds: 10, controlWorkloads: .max,
                plantedLosses: [1, 7, 10, 100])
        }
    }
}

extension Effort {
    /// A diagnosis of this effort finds a PMU that loses a skid on every counter at one PMI in so many, with
    /// ``promisedCertainty``, where the CPU retires 10^9 conditional branches a second as the simulated one does.
    ///
    /// Rounded down from what `judge-trials power` says (Tests/JudgeTrials); a test keeps the two together.
    public var findsOnePMIIn: UInt64 {
        switch self {
        case .quick: 900
        case .standard: 2_000
        case .thorough: 20_000
        }
    }

    public static let promisedCertainty = 0.999

    /// Seconds that the measured windows of this effort's four arms are sized to take together.
    package func windowSeconds(on source: CounterSource) -> Double {
        source == .breakpoint ? budget.secondsOnBreakpoints : budget.seconds
    }
}
