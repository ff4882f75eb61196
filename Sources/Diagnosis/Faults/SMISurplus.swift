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
                    "The firmware's system management code runs in ring 3, so its branches are counted as the program's.",
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
            "Write 1 to freeze_on_smi of the PMU (/sys/devices/cpu, or cpu_core and cpu_atom); kernels since 2022 do this by default.",
        explanation: FaultExplanation(
            .smiSurplus,
            "branches of the firmware's system management mode are counted as the program's",
            happens: [
                "A system management interrupt (SMI) hands the CPU to the firmware, invisibly to Linux. Firmware"
                    + " since 2020 runs parts of its handler at privilege level 3, so a counter of user space counts"
                    + " them. One SMI adds any number of branches, potentially very many.",
                "freeze_on_smi stops the counters during an SMI. rr requires it from Comet Lake on. On hybrid CPUs"
                    + " rr looks for a file that does not exist there, and says nothing (read in rr's and Linux's"
                    + " sources, not tried).",
            ],
            since: "Firmware since about 2020. Linux turns freeze_on_smi on by default since February 2022, in stable"
                + " kernels too (5.10.262 has it).",
            places: Places(
                cpus:
                    "Intel Comet Lake and later, mostly client machines: i7-10610U, i7-1185G7. rr checks nothing on AMD"
                    + " and on older CPUs.",
                kernels: "Those before February 2022, or with freeze_on_smi turned off.",
                hypervisors: "While a guest of KVM runs, older hosts drop the setting (recalled, not verified)."),
            signature:
                "A few runs too high by large, differing amounts, with or without PMIs, equally on every counter; where"
                + " MSR_SMI_COUNT can be read (root, msr driver) it moved in exactly these runs.",
            advice: [
                "echo 1 > /sys/devices/cpu/freeze_on_smi; on hybrid CPUs in both /sys/devices/cpu_core and"
                    + " cpu_atom.",
                "Make it permanent with a line in tmpfiles.d. A machine that had failed one time in ten made 10,000"
                    + " clean runs with it.",
            ],
            mistakenFor: [
                Confusion(
                    "pmi-surplus", "there, a small surplus comes with each PMI"),
                Confusion(
                    "count-offset", "there, the size is a power of two, always the same"),
                Confusion(
                    "kernel-leak", "there, the surplus is proportional to system calls or page faults"),
            ],
            references: Reference.cited(
                "rr issue 3045", "rr issue 3063", "rr issue 3076", "a01994f5e5c7", "MSR_SMI_COUNT")))
}

@Sendable private func hasSMI(_ run: Run) -> Bool { (run.record.smis ?? 0) > 0 }
