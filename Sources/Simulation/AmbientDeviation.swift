import Workloads

/// What counters gain and lose beside PMIs, between two positions of a run.
struct AmbientDeviation {
    /// On every counter alike.
    var shared: Int64 = 0
    /// On each counter by itself.
    var counter: Int64 = 0
    var sampler: Int64 = 0
    var smis: UInt64 = 0
    var switches: UInt64 = 0
}

/// Draws the deviations of a run part by part. The parts follow each other without gap or overlap, so that what is
/// deterministic sums up to its closed form.
struct AmbientDraws {
    let model: SimulatedModel
    let traits: WorkloadTraits
    let clock: SimulatedClock
    /// Conditional branches of the whole run.
    let branches: UInt64
    /// Whether anything of this kind is in the model at all: without it a run draws nothing here.
    private let isActive: Bool
    private(set) var settled: UInt64 = 0

    init(_ model: SimulatedModel, _ traits: WorkloadTraits, _ clock: SimulatedClock) {
        self.model = model
        self.traits = traits
        self.clock = clock
        branches = traits.counts
        isActive =
            model.smisPerSecond > 0 || model.switchesPerSecond > 0 || model.spuriousOneIn > 0 || model.interruptLeak > 0
            || model.kernelLeak > 0 || model.lossPerCPUIDPair > 0 || model.lockSurplus.high > 0
    }

    /// - Parameter position: in conditional branches. Nil where nothing is to be drawn up to there.
    mutating func settle(to position: UInt64, using draws: inout RandomDraws) -> AmbientDeviation? {
        guard isActive, position > settled else { return nil }
        let part = Part(from: settled, to: min(position, branches), of: branches)
        settled = position
        var deviation = AmbientDeviation()
        let seconds = Double(part.to - part.from) / Double(model.branchesPerSecond)
        deviation.smis = draws.poisson(mean: seconds * Double(model.smisPerSecond))
        deviation.shared += Int64(clamping: draws.sum(of: deviation.smis, model.smiSurplus))
        deviation.switches = draws.poisson(mean: seconds * Double(model.switchesPerSecond))
        deviation.shared -= Int64(clamping: deviation.switches * model.lossPerSwitch)
        if model.lockSurplus.high > 0 {
            let locks = part.share(of: traits.triggers.lockedInstructions)
            let hits = draws.hits(trials: locks, oneIn: model.lockSurplusOneIn)
            deviation.shared += Int64(clamping: draws.sum(of: hits, model.lockSurplus))
        }
        deviation.shared -= Int64(clamping: part.share(of: traits.triggers.cpuidPairs) * model.lossPerCPUIDPair)
        deviation.shared += Int64(clamping: part.share(of: traits.triggers.kernelEntries) * model.kernelLeak)
        let ticks =
            clock.tick(at: clock.nanoseconds(branches: part.to, pmis: 0)).number
            - clock.tick(at: clock.nanoseconds(branches: part.from, pmis: 0)).number
        deviation.shared += Int64(clamping: ticks * model.interruptLeak)
        deviation.counter += Int64(clamping: draws.hits(trials: part.to - part.from, oneIn: model.spuriousOneIn))
        deviation.sampler += Int64(clamping: draws.hits(trials: part.to - part.from, oneIn: model.spuriousOneIn))
        return deviation
    }

    /// Some branches of a run.
    private struct Part {
        var from: UInt64
        var to: UInt64
        var of: UInt64

        init(from: UInt64, to: UInt64, of whole: UInt64) {
            self.from = min(from, to)
            self.to = to
            self.of = whole
        }

        /// Occasions of the whole run that fall into the part.
        func share(of occasions: UInt64) -> UInt64 {
            occasions == 0 ? 0 : scaled(to, occasions, of) - scaled(from, occasions, of)
        }
    }
}
