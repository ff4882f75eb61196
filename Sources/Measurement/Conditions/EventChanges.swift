import PerfEvents

/// What a condition changes of the events that a run opens.
struct EventChanges {
    /// Bits to add to the counter's `config`.
    var counterConfiguration: UInt64 = 0
    /// The period that the sampler is opened with, in place of the plan's.
    var openingPeriod: UInt64?
    /// `precise_ip` of the sampler, 0 to 3.
    var preciseLevel = 0
    /// Whether the sampler takes branch stacks.
    var takesBranchStacks = false

    func apply(toCounter attributes: inout EventAttributes) {
        attributes.event.config |= counterConfiguration
    }

    func apply(toSampler attributes: inout EventAttributes) {
        if let openingPeriod { attributes.samplePeriod = openingPeriod }
        attributes.preciseLevel = preciseLevel
        if takesBranchStacks {
            attributes.sampleFields.insert(.branchStack)
            attributes.branchSampleType = Self.anyUserBranch
        }
    }

    /// The change that not every PMU takes, for a sentence.
    var words: String {
        if takesBranchStacks { return "with branch stacks" }
        if preciseLevel > 0 { return "with precise_ip \(preciseLevel)" }
        return "with config bits 0x\(String(counterConfiguration, radix: 16))"
    }

    /// What a branch stack adds to a sample: its length, and three words for each branch. No CPU has more than 32.
    var bytesOfBranchStack: UInt64 { takesBranchStacks ? 8 + 32 * 24 : 0 }

    /// `PERF_SAMPLE_BRANCH_USER` and `PERF_SAMPLE_BRANCH_ANY`.
    private static let anyUserBranch: UInt64 = 1 << 0 | 1 << 3
}
