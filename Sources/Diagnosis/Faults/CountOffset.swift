import Measurement

extension KnownFault {
    /// A deviation that no number of branches makes: a multiple of 2^31, or one below it (rr issues 1818 and 2202).
    static let countOffset = KnownFault(
        .countOffset, needs: [], under: .any,
        probes: ["uninterrupted-exactness", "pmi-totals"],
        signature: { scene in
            let runs = scene.runs.filter { CountOffset.of($0.record) != nil }
            let offsets = CountOffset.all(in: runs)
            let shown = Signature.Shown(
                perRun: runs, of: scene.runs.count, per: .reading, deviation: { CountOffset.of($0.record) ?? 0 },
                mechanism:
                    "Readings are off by exactly \(offsets.map(CountOffset.text).joined(separator: " or ")): the width of an emulated counter, not a number of branches.",
                evidence: ["\(runs.count) of \(scene.runs.count) runs are off by exactly that much"] + first(runs),
                alternatives: [
                    Signature.Alternative(
                        "lost-pmi, late-pmi",
                        because:
                            "PMIs are judged only by runs without the offset, because it shifts every reading of a sampler",
                        runs: runs.count, need: .totals),
                    .disturbance(runs),
                ])
            return shown.map {
                .shown($0.settingApart { run in offsets.contains { CountOffset.isNear(run.record, $0) } })
            }
                ?? .notShown
        },
        advice: "Report it to the hypervisor's vendor; until it is fixed, rely on no count of this machine.",
        explanation: FaultExplanation(
            .countOffset,
            "readings are off by a fixed power of two",
            happens: [
                "The count is right but for one high bit: 2^31 too high or too low where a hypervisor mistakes 32"
                    + " bits for 31, 2^48 where a reader mistakes the counter's top bit for its sign. rr has seen"
                    + " 2,147,483,647 (2^31 - 1) as the count of an idle event."
            ],
            since: "Not known.",
            places: Places(
                cpus: "Skylake with Linux 4.4, for 2^48 in rdpmc.",
                hypervisors: "Parallels on Mac (2^31); a KVM guest such as those of AWS (2^31 - 1)."),
            signature: "A deviation of exactly 2^31, 2^32 or 2^48, or one less, the same in every run that has it.",
            advice: [
                "Use another hypervisor; no setting is known that helps.",
                "Report it to the hypervisor's vendor with the JSON report.",
            ],
            mistakenFor: [
                Confusion(
                    "smi-surplus", "there, the size differs each time"),
                Confusion(
                    "rdpmc-disagrees", "there, read(2) is right and rdpmc is not"),
            ],
            references: Reference.cited("rr issue 1818", "rr issue 2202", "perf_event_tests")))
}

private enum CountOffset {
    private static let unit: UInt64 = 1 << 31
    /// Branches that a run may lose or gain beside its offset and still be known by it.
    private static let nearby: UInt64 = 1 << 20

    /// The run's deviation, if it is one: of the counter, or else of the sampler.
    static func of(_ run: RunRecord) -> Int64? {
        if isOffset(run.deviation) { return run.deviation }
        return run.samplerDeficit.flatMap { isOffset($0) ? $0 : nil }
    }

    static func all(in runs: [Run]) -> [UInt64] { Set(runs.compactMap { of($0.record)?.magnitude }).sorted() }

    static func isNear(_ run: RunRecord, _ offset: UInt64) -> Bool {
        [run.deviation, run.samplerDeficit ?? 0].contains { deviation in
            let magnitude = deviation.magnitude
            return max(magnitude, offset) - min(magnitude, offset) <= nearby
        }
    }

    /// "2^31", "2^31 - 1", "3 × 2^31".
    static func text(_ magnitude: UInt64) -> String {
        let isWhole = magnitude % unit == 0
        let (times, power) = power(isWhole ? magnitude : magnitude + 1)
        return (times == 1 ? "" : "\(times) × ") + "2^\(power)" + (isWhole ? "" : " - 1")
    }

    private static func power(_ number: UInt64) -> (times: UInt64, power: Int) {
        let zeros = number.trailingZeroBitCount
        let odd = number >> UInt64(zeros)
        return odd == 1 ? (1, zeros) : (number / unit, 31)
    }

    private static func isOffset(_ deviation: Int64) -> Bool {
        let magnitude = deviation.magnitude
        return magnitude >= unit - 1 && (magnitude % unit == 0 || (magnitude + 1) % unit == 0)
    }
}
