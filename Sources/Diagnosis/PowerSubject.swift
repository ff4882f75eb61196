import Measurement

/// A kind of fault whose rarity is asked for: how it is planted in a simulated PMU, and how often a run gives it the
/// chance to strike.
public struct PowerSubject: Sendable {
    /// Stable; part of the report's format.
    public let id: String
    /// What goes wrong once, as the end of "finds …".
    public let title: String
    /// What the rate counts: "PMI", "locked instruction".
    public let unit: String
    /// Parameters of a simulated PMU in which it strikes at every occasion, and as little as it can.
    public let always: String
    /// The same at one occasion in N.
    public let rare: @Sendable (UInt64) -> String
    /// What of a run in which it strikes always says how many occasions there were.
    let occasions: @Sendable (RunRecord) -> UInt64

    public static let all: [PowerSubject] = [freeze, drop, lostPMI, lockSurplus, runSurplus, spurious]

    /// The runs that a finding can rest on: those of the four arms, and those under conditions of which a rule has
    /// something to say. What was disturbed or planted proves nothing.
    public func estimate(_ runs: [RunRecord]) -> PowerEstimate {
        PowerEstimate(
            occasions: runs.filter {
                $0.planted == nil && !$0.isDisturbed && ($0.condition == nil || $0.isSuspicious)
            }
            .reduce(0) { $0 + occasions($1) })
    }

    /// With a skid of 1, one branch is lost at each PMI that has a user branch in its window, and none at one whose
    /// window lies in the kernel: a longer skid loses more at the same PMIs.
    private static let freeze = PowerSubject(
        id: "freeze", title: "every counter loses a skid at one PMI in N", unit: "PMI",
        always: "freeze=overflow,skid=1",
        rare: { "freeze=overflow,freeze-one-in=\($0)" }, occasions: { $0.deviation.magnitude })

    private static let drop = PowerSubject(
        id: "drop", title: "the sampled counter loses 1 branch at one PMI in N", unit: "PMI", always: "drop=1",
        rare: { "drop=1,drop-one-in=\($0)" }, occasions: { $0.samplerDeficit?.magnitude ?? 0 })

    private static let lostPMI = PowerSubject(
        id: "lost-pmi", title: "one PMI in N never comes", unit: "PMI", always: "lost-pmi=1,after-lost-pmi=single",
        rare: { "lost-pmi=\($0),lost-pmi-random=yes,after-lost-pmi=single" },
        occasions: { $0.missingPMIs.map { $0 > 0 ? $0.magnitude : 0 } ?? 0 })

    private static let lockSurplus = PowerSubject(
        id: "lock", title: "1 branch too many at one locked instruction in N", unit: "locked instruction",
        always: "lock-surplus=1,lock-one-in=1", rare: { "lock-surplus=1,lock-one-in=\($0)" },
        occasions: { $0.deviation.magnitude })

    private static let runSurplus = PowerSubject(
        id: "run", title: "1 branch too many in one run in N", unit: "run", always: "run-surplus=1",
        rare: { "run-surplus=1,run-surplus-one-in=\($0)" }, occasions: { $0.deviation == 0 ? 0 : 1 })

    /// Each counter by itself, so a run with a bystander has twice the occasions.
    private static let spurious = PowerSubject(
        id: "count", title: "one branch in N is counted twice", unit: "branch", always: "spurious=1",
        rare: { "spurious=\($0)" },
        occasions: { $0.deviation.magnitude + ($0.samplerDeviation?.magnitude ?? 0) })
}
