import Measurement

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
