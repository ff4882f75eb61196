import Measurement

extension KnownFault {
    /// A reading by rdpmc that is not between the readings by read(2) around it (perf_event_open(2), cap_user_rdpmc).
    /// Where all of them are 0, rdpmc is disabled (Linux commit 59af95e028d4), and nothing is wrong.
    static let rdpmcDisagrees = KnownFault(
        .rdpmcDisagrees, .readings, needs: [], under: .these([.userSpaceRead]),
        signature: { scene in
            guard scene.condition != nil else { return .notShown }
            let runs = scene.runs.filter(\.record.userSpaceDisagrees)
            let readings = scene.runs.flatMap { $0.record.userSpaceReadings ?? [] }
            let wrong = readings.filter { !$0.agrees }.map { Int64(bitPattern: $0.before &- $0.read) }
            guard let size = FaultSize(Histogram(wrong.map { Int64(clamping: $0.magnitude) })), !runs.isEmpty else {
                return .notShown
            }
            return .shown(
                Signature.Shown(
                    runs: runs, per: .reading, direction: wrong.count { $0 < 0 } * 2 >= wrong.count ? .gained : .lost,
                    size: size,
                    frequency: Frequency(UInt64(wrong.count), of: UInt64(readings.count), per: .reading),
                    mechanism:
                        VendorText.disagreeingReading.general,
                    evidence: conditionEvidence(scene, runs),
                    alternatives: [
                        Signature.Alternative(
                            Fault.countOffset.rawValue, because: "read(2) itself gives the right count",
                            runs: runs.count { $0.record.deviation == 0 }, need: .uninterrupted)
                    ]))
        },
        advice: "Read counters with read(2), and report the kernel.",
        explanation: FaultExplanation(
            .rdpmcDisagrees,
            "the count read in user space (rdpmc) differs from the one that read(2) gives",
            happens: [
                "A program can read its counter without the kernel, with the instruction rdpmc and a page that the"
                    + " kernel keeps up to date. Both ways must agree. Jumps of 2^48 have been seen.",
                "A 0 is not a count: since February 2026 Linux can turn rdpmc off for user space on CPUs that allow"
                    + " it, and the instruction then returns 0. That is not a fault.",
            ],
            since: "Seen with Linux 4.4 on Skylake.",
            places: Places(
                cpus: "Skylake; with the switch: Panther Cove and later.",
                kernels: "4.4."),
            condition: Condition(.userSpaceRead),
            signature: "A reading by rdpmc that is neither 0 nor between the two readings by read(2) around it.",
            advice: [
                "Use read(2).",
                "truecount info shows the PMU's rdpmc setting: 0 none, 1 a program's own events, 2 all.",
            ],
            mistakenFor: [
                Confusion(
                    "count-offset", "there, read(2) itself is off"),
                Confusion(
                    "dead-counter", "there, read(2) gives 0 as well"),
            ],
            references: Reference.cited("perf_event_tests", "59af95e028d4")))
}
