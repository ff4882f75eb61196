import Measurement

/// What rr never looks at (kernel-and-rr.md 2.4), and what is known of it here.
struct RRBlindSpotRule: Sendable {
    struct Here: Sendable {
        var text: String
        var spoilsRecordings = false
    }

    let sentence: String
    let here: @Sendable (RRFacts) -> Here?

    init(_ sentence: String, here: @escaping @Sendable (RRFacts) -> Here? = { _ in nil }) {
        self.sentence = sentence
        self.here = here
    }

    static let all: [RRBlindSpotRule] = [
        RRBlindSpotRule(
            "a deficit at PMIs (freeze-on-pmi): rr's one check at a PMI sees a surplus only", here: freezing),
        RRBlindSpotRule("whether a counter keeps its count while another one interrupts beside it"),
        RRBlindSpotRule("whether counts repeat: each check runs once"),
        RRBlindSpotRule("the skid itself: it is a constant of rr's table, and an apparent skid of 0 passes for good"),
        RRBlindSpotRule("throttling: rr reads no THROTTLE records", here: sampleRate),
        RRBlindSpotRule("a counter that lost its place: release builds do not check for end of file", here: watchdog),
        RRBlindSpotRule("freeze_on_smi of hybrid CPUs, which have one for each core type", here: hybridSMIs),
        RRBlindSpotRule("CPUs other than the one that rr is bound to, migrations and context switches"),
        RRBlindSpotRule("the wrong event: a kernel that drops unit mask bits counts another one", here: droppedBits),
        RRBlindSpotRule("AMD's erratum 1292", here: erratum),
    ]

    private static let freezing: @Sendable (RRFacts) -> Here? = { facts in
        if facts.machine.registers?.freezesCountersOnPMI == true {
            return Here(
                text: "bit 12 of IA32_DEBUGCTL is set, so counters stop at each overflow.", spoilsRecordings: true)
        }
        if let obstacle = facts.machine.obstacles.first(where: { $0.id == "perf-v4-pmi" }) {
            return Here(text: obstacle.sentence, spoilsRecordings: true)
        }
        return facts.machine.registers?.freezesCountersOnPMI == false
            ? Here(text: "bit 12 of IA32_DEBUGCTL is clear.") : nil
    }

    private static let sampleRate: @Sendable (RRFacts) -> Here? = { facts in
        facts.machine.obstacles.first { $0.id == "sample-rate" }.map { Here(text: $0.sentence) }
    }

    private static let watchdog: @Sendable (RRFacts) -> Here? = { facts in
        facts.machine.obstacles.first { $0.id == "nmi-watchdog" }.map { Here(text: $0.sentence) }
    }

    /// The file that rr reads is checked by rr.
    private static let hybridSMIs: @Sendable (RRFacts) -> Here? = { facts in
        guard facts.microarchitecture?.needsFreezeOnSMI == true else { return nil }
        return facts.machine.pmus.first { $0.isCore && $0.name != "cpu" && $0.freezeOnSMI == 0 }.map {
            Here(
                text: "/sys/devices/\($0.name)/freeze_on_smi is 0, so SMIs are counted as the program's branches.",
                spoilsRecordings: true)
        }
    }

    private static let droppedBits: @Sendable (RRFacts) -> Here? = { facts in
        guard let event = facts.microarchitecture?.rawEvent, event >> 40 != 0, let pmu = facts.machine.corePMU else {
            return nil
        }
        let umask = pmu.formats?["umask"]
        if umask?.contains("40-47") == true { return Here(text: "this kernel passes bits 40-47 on.") }
        return Here(
            text: "\(pmu.name)/format/umask is \(umask ?? "unknown"), and this CPU's event needs bit 40.",
            spoilsRecordings: umask != nil)
    }

    private static let erratum: @Sendable (RRFacts) -> Here? = { facts in
        // Zen to Zen 3, event 0xD1 among others (kernel-and-rr.md 1.6).
        guard ["AMD Zen", "AMD Zen 2", "AMD Zen 3"].contains(facts.microarchitecture?.name) else { return nil }
        return Here(text: "this CPU has it, and Linux has no workaround; how often it shows is not published.")
    }
}
