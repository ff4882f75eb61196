/// What of a workload is compared with the single-stepped truth.
public enum VerifiedFigure: String, Sendable, Hashable, Codable, CaseIterable {
    case conditionalBranches = "conditional branches"
    case branches = "branches"
    case takenBranches = "taken branches"
    case instructions = "instructions"
    case systemCalls = "system calls"
    case lockedInstructions = "locked instructions"
    case cpuids = "CPUIDs"
    /// At every instruction boundary of the routine: `position` against the branches retired by then, for each kind of
    /// branch.
    case positions = "positions"
    /// The same for `sitePosition`.
    case sitePositions = "site positions"
    /// The same for `secondSitePosition`.
    case secondSitePositions = "other site positions"
}

/// One figure of one workload, as its closed form says and as single-stepping saw it.
public struct VerificationRow: Sendable, Hashable, Codable {
    public var workload: String
    public var iterations: UInt64
    public var figure: VerifiedFigure
    /// The closed form's value; for positions, how many were compared.
    public var expected: UInt64
    /// What was seen; for positions, how often the table was right.
    public var observed: UInt64
    /// For positions: the first place where the table was wrong.
    public var firstDisagreement: PositionDisagreement?

    public init(
        workload: String, iterations: UInt64, figure: VerifiedFigure, expected: UInt64, observed: UInt64,
        firstDisagreement: PositionDisagreement? = nil
    ) {
        self.workload = workload
        self.iterations = iterations
        self.figure = figure
        self.expected = expected
        self.observed = observed
        self.firstDisagreement = firstDisagreement
    }

    public var agrees: Bool { expected == observed }
}

extension Workload {
    /// Numbers of iterations that prove a closed form on a machine in a moment: the ends, both parities, every state
    /// of the low bits that some routines branch on, and for the generator more than one whole period.
    public var verificationIterations: [UInt64] {
        let few: [UInt64] = [1, 2, 3, 16, 37]
        return name == "data-dependent" ? few + [UInt64(DroppedBits.period) + 7] : few
    }

    /// Single-steps the workload in a traced child and compares every figure and every position with the truth.
    ///
    /// Steps it twice, because a window with a sampler has calls that another has not. Positions hold in the longer of
    /// its windows, so no branch but the workload's is in either.
    ///
    /// Takes about twenty microseconds an instruction. One row per figure, in the order of `VerifiedFigure`.
    public func verify(iterations: UInt64) throws(TraceError) -> [VerificationRow] {
        let truth = try GroundTruth.observe(self, iterations: iterations, .counterAlone)
        let besideSampler = try GroundTruth.observe(self, iterations: iterations, .sampler)
        let expected = figures(iterations: iterations)
        let triggers = triggers(iterations: iterations)
        return VerifiedFigure.allCases.map { figure in
            if let alone = truth.agreement(figure), let beside = besideSampler.agreement(figure) {
                let agreement = alone + beside
                return VerificationRow(
                    workload: name, iterations: iterations, figure: figure, expected: agreement.compared,
                    observed: agreement.agreed, firstDisagreement: agreement.first)
            }
            return VerificationRow(
                workload: name, iterations: iterations, figure: figure, expected: expected.value(figure, triggers),
                observed: truth.value(figure))
        }
    }
}

extension WorkloadFigures {
    /// 0 for what is not a figure but a position.
    fileprivate func value(_ figure: VerifiedFigure, _ triggers: WorkloadTriggers) -> UInt64 {
        switch figure {
        case .conditionalBranches: conditionalBranches
        case .branches: branches
        case .takenBranches: takenBranches
        case .instructions: instructions
        case .systemCalls: systemCalls
        case .lockedInstructions: triggers.lockedInstructions
        case .cpuids: triggers.cpuids
        case .positions, .sitePositions, .secondSitePositions: 0
        }
    }
}

extension GroundTruth {
    fileprivate func value(_ figure: VerifiedFigure) -> UInt64 {
        figures.value(
            figure,
            WorkloadTriggers(
                lockedInstructions: lockedInstructions, cpuids: cpuids, systemCalls: figures.systemCalls,
                pageFaults: 0))
    }

    fileprivate func agreement(_ figure: VerifiedFigure) -> Agreement? {
        switch figure {
        case .positions: positions
        case .sitePositions: sitePositions
        case .secondSitePositions: secondSitePositions
        case .conditionalBranches, .branches, .takenBranches, .instructions, .systemCalls, .lockedInstructions,
            .cpuids:
            nil
        }
    }
}
