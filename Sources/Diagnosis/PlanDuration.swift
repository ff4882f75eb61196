import Measurement

extension Effort {
    /// Seconds that the measured windows of this effort's four arms are sized to take together.
    public func windowSeconds(on source: CounterSource) -> Double {
        source == .breakpoint ? budget.secondsOnBreakpoints : budget.seconds
    }

    /// Seconds that a plan of so many runs takes where another diagnosis was timed: the windows, which are sized by
    /// this effort, and beside them as much for each run as there.
    ///
    /// - Parameters:
    ///   - runs: of the plan.
    ///   - timed: runs of the diagnosis that was timed.
    ///   - seconds: that it took, by a clock on the wall.
    public func seconds(
        runs: Int, timed: [RunRecord], seconds: Double, on source: CounterSource
    ) -> Double {
        let windows = timed.reduce(0.0) { $0 + Double($1.timeEnabled) } / 1e9
        let besideEachRun = timed.isEmpty ? 0 : max(0, seconds - windows) / Double(timed.count)
        return windowSeconds(on: source) + besideEachRun * Double(runs)
    }
}

extension Effort {
    /// A diagnosis of this effort finds a PMU that loses a skid on every counter at one PMI in so many, with
    /// ``promisedCertainty``, where the CPU retires 10^9 conditional branches a second as the simulated one does.
    ///
    /// Rounded down from what `truecount power` says; a test keeps the two together.
    public var findsOnePMIIn: UInt64 {
        switch self {
        case .quick: 900
        case .standard: 2_000
        case .thorough: 20_000
        }
    }

    public static let promisedCertainty = 0.999
}
