import Measurement

extension KnownFault {
    /// Surpluses in exactly the runs that an SMI hit (rr issues 3045 and 3063; kernel commit a01994f5e5c7).
    static let smiSurplus = KnownFault(
        .smiSurplus, needs: [.uninterrupted], under: .any,
        probes: ["smi", "uninterrupted-exactness", "pmi-totals"],
        signature: { scene in
            let runs = scene.population
            let struck = runs.filter(hasSMI)
            let high = scene.runs.filter { $0.record.firstDeviation < 0 }
            let shown = high.filter(hasSMI)
            // Other faults may be in the rest, but none that makes a count too high, and none without a PMI.
            guard !shown.isEmpty, shown.count == high.count,
                scene.uninterrupted.allSatisfy({ $0.record.deviation == 0 || hasSMI($0) }),
                Statistics.chanceOfFalling(high.count, into: struck.count, of: runs.count) < Statistics.coincidence
            else { return .notShown }
            let without = runs.count - struck.count
            return Trigger.smis.shown(
                shown, of: struck.count,
                mechanism:
                    "The firmware's system management code runs in ring 3, so its branches pass for the program's and are counted.",
                evidence: [
                    "\(shown.count) of \(struck.count) runs with an SMI are high, and none of the \(without) runs without one",
                    "\(shown.reduce(0) { $0 + ($1.record.smis ?? 0) }) SMIs in these runs (MSR_SMI_COUNT)",
                ],
                alternatives: [
                    Signature.Alternative(
                        Fault.pmiSurplus.rawValue,
                        because: "only runs with an SMI are high, whether they have PMIs or not", runs: shown.count,
                        need: .totals),
                    Signature.Alternative(
                        Fault.inexactUninterrupted.rawValue,
                        because: "every run without an SMI and without a PMI is exact",
                        runs: scene.evidence.uninterrupted.count { !hasSMI($0) }, need: .uninterrupted),
                    .disturbance(shown),
                ], settingApart: hasSMI)
        },
        advice:
            "Write 1 to freeze_on_smi of the PMU (/sys/devices/cpu or cpu_core and cpu_atom); kernels since 2022 do so themselves.",
        explanation: FaultExplanation(
            .smiSurplus, "branches of the firmware's system management mode are counted as the program's",
            happens: [
                "A system management interrupt hands the CPU to the firmware, unseen by Linux. Firmware since 2020"
                    + " runs parts of its handler at privilege level 3, so a counter of user space counts it. One such"
                    + " interrupt adds any number of branches, potentially vast.",
                "freeze_on_smi makes the counters stand still meanwhile. rr demands it from Comet Lake on. On hybrid"
                    + " CPUs rr looks for a file that is not there, and says nothing (read in rr's and Linux's sources,"
                    + " not tried).",
            ],
            since:
                "Firmware since about 2020. Linux turns freeze_on_smi on by default since February 2022, in stable"
                + " kernels too (it is in 5.10.262).",
            places: Places(
                cpus:
                    "Intel Comet Lake and later, client machines above all: i7-10610U, i7-1185G7. rr checks nothing on"
                    + " AMD and on older CPUs.",
                kernels: "Those before February 2022, or with freeze_on_smi turned off.",
                hypervisors: "While a guest of KVM runs, older hosts drop the setting (recalled, not verified)."),
            signature: "Few runs too high by large and unequal amounts, with PMIs or without, on every counter"
                + " alike; where MSR_SMI_COUNT can be read (root, msr driver) it moved in exactly these runs.",
            advice: [
                "echo 1 > /sys/devices/cpu/freeze_on_smi; on hybrid CPUs in /sys/devices/cpu_core and cpu_atom each.",
                "Make it last with a line in tmpfiles.d. 10,000 clean runs were made with it on a machine that had"
                    + " failed one time in ten.",
            ],
            mistakenFor: [
                Confusion("pmi-surplus", "that one comes with each PMI, and is small"),
                Confusion("count-offset", "that one is a power of two, always the same"),
                Confusion("kernel-leak", "that one is proportional to system calls or page faults"),
            ],
            references: Reference.cited(
                "rr issue 3045", "rr issue 3063", "rr issue 3076", "a01994f5e5c7", "MSR_SMI_COUNT")))
}

@Sendable private func hasSMI(_ run: Run) -> Bool { (run.record.smis ?? 0) > 0 }
