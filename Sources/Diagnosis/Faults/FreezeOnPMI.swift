import Measurement

extension KnownFault {
    /// Counters that do not overflow lose as much as the one that does, and runs without PMIs are exact (Zijlstra, perf/intel:
    /// Remove Perfmon-v4 counter_freezing support, 10 November 2020; SDM vol. 3, IA32_PERF_GLOBAL_STATUS bit 59).
    static let freezeOnPMI = KnownFault(
        .freezeOnPMI, needs: [.uninterrupted, .bystanders],
        under: .these([.branchStack, .precise, .antagonist]),
        probes: ["pmi-totals", "pmi-ledger", "bystander"], place: "on every counter of this CPU",
        signature: { scene in
            // Beside another user's PMIs a counter that is alone is the bystander.
            let bystanders = scene.runs.filter { $0.record.arm.hasBystander || ($0.record.antagonistPMIs ?? 0) > 0 }
            let deviating = bystanders.filter { $0.record.deviation != 0 }
            guard scene.uninterruptedIsExact, scene.unequalPairs.isEmpty, !deviating.isEmpty,
                deviating.allSatisfy({ $0.record.deviation > 0 })
            else { return .notShown }
            let runs = scene.runs.filter {
                ($0.record.arm.samples || ($0.record.antagonistPMIs ?? 0) > 0) && $0.record.deviation > 0
            }
            let shown = Signature.Shown(
                perPMI: runs, in: scene, direction: .lost, deficit: { $0.record.deviation },
                mechanism: mechanism(scene),
                evidence: (scene.condition == nil
                    ? deficitEvidence(scene, runs) + [
                        "\(deviating.count) of \(bystanders.count) bystanders are low too, by as much as the counter that overflowed",
                        "apparent skid \(rangeText(scene.apparentSkids)): the count at the sample stands still at the overflow",
                    ] : conditionEvidence(scene, runs)) + foreignText(scene),
                alternatives: [
                    Signature.Alternative(
                        Fault.pmiDrop.rawValue, because: "counters that never overflow lose as much",
                        runs: deviating.count, need: .bystanders),
                    scene.condition == nil ? .inexactUninterrupted(scene) : .everyRun(scene), .disturbance(runs),
                ])
            guard var shown else { return .notShown }
            if scene.condition != nil {
                shown.advice = "Do not sample in this way beside a count that must be exact."
            }
            return .shown(shown)
        },
        advice: VendorText(
            "On Linux 4.20 to 5.10 boot without perf_v4_pmi=1; elsewhere find what sets bit 12 of IA32_DEBUGCTL (0x1d9), and clear it.",
            [
                .amd:
                    "Find what sets bit 12 (FPMCI) of DebugCtl (0x1d9), and clear it: Linux never sets it. Root sees the register in truecount info (modprobe msr).",
                .arm: "Find what sets PMCR_EL0.FZO: Linux never does. In a guest, suspect the hypervisor's PMU.",
            ]),
        explanation: FaultExplanation(
            .freezeOnPMI,
            "every counter of the CPU loses the branches between an overflow and its interrupt",
            happens: [
                "The CPU stops all its counters the moment one of them overflows. The interrupt (PMI) is taken some"
                    + " instructions later, the skid, and only its handler starts the counters again. What retires in"
                    + " between is not counted: about 10 branches per PMI in the first report, on Intel. AMD's Zen has"
                    + " skids of hundreds to thousands.",
                "A counter that never overflows itself loses as much. So rr's recording counts low, its replay,"
                    + " which takes no PMI, counts right, and the replay fails. No two recordings agree after the first"
                    + " PMI.",
                "The bit is called freeze on PMI, but what CPUs implement is freeze on overflow. If counters"
                    + " stopped only when the interrupt is taken, nothing would be lost. AMD's manual says of its bit"
                    + " (FPMCI) that the counters freeze when one of them overflows.",
            ],
            since: "Linux 4.20-rc1 turned it on. Up to 5.10 it is off unless the kernel is booted with perf_v4_pmi=1 (1"
                + " enables it, although the documentation of these kernels says the opposite). The code is still in"
                + " Debian's 5.10.262 and gone in 6.12.",
            places: Places(
                cpus: "Intel with architectural performance monitoring version 4 and later: Skylake and its successors,"
                    + " Goldmont. AMD from Zen 4 on, where CPUID 8000_0022 EAX[2] is set.",
                kernels:
                    "4.20 release candidates; up to 5.10 with perf_v4_pmi=1; any later one where something sets bit 12"
                    + " of IA32_DEBUGCTL, on AMD of DebugCtl, as truecount diagnose --induce freeze-on-pmi does. For"
                    + " branch stacks Linux sets AMD's bit 11 (FLBRI), which by the manual freezes those alone.",
                hypervisors:
                    "KVM does not let a guest set that bit (read in Linux 6.12), so a guest sees the fault only where"
                    + " the host freezes, or where the PMU is emulated and freezes itself."),
            signature:
                "Exact without PMIs. With PMIs, a deficit of PMIs × skid, the same on the bystander as on the counter"
                + " that overflows. In the ledger the apparent skid is near 0: the count stands still at the overflow"
                + " while the registers show that the program went on.",
            advice: [
                "On Intel with Linux 4.20 to 5.10 boot without perf_v4_pmi=1.",
                "Elsewhere find what sets bit 12 of IA32_DEBUGCTL (AMD: DebugCtl; 0x1d9), and clear it: truecount info"
                    + " shows the register to root where the msr driver is loaded. The bit is per CPU and is cleared by"
                    + " a reboot.",
                "On AMD look for \"Reserved PerfCntrGlobalStatus bits are set (0x8\" in the kernel's log: Linux says so once"
                    + " a boot where the counters froze (bit 59, PMCF).",
                "Discard recordings made meanwhile: the recording is wrong, not its replay.",
            ],
            mistakenFor: [
                Confusion(
                    "pmi-drop", "there, the bystander is exact"),
                Confusion(
                    "throttled", "there, the loss is far above the skid, and the ring holds THROTTLE records"),
                Confusion(
                    "late-pmi", "there, the skid is long but no count is lost"),
                Confusion(
                    "smi-surplus", "there, counts are too high, by amounts unrelated to PMIs"),
            ],
            references: Reference.cited(
                "Kyle Huey", "9 July 2019", "10 November 2020", "af3bdb991a5c", "(CTR_Frz)", "intel_pmu_handle_irq_v4",
                "bit 12 (FPMCI)", "598c2fafc06f")))
}

private func mechanism(_ scene: Scene) -> String {
    guard scene.condition == nil else {
        return "Counters stop only for PMIs of that kind: with branch stacks, with precise samples, or of another user."
    }
    let losses = scene.losses.filter { $0 > 0 }
    let skid = losses.isEmpty ? "some" : rangeText(losses)
    return
        "Counters stop at the overflow; the interrupt comes \(skid) branches later; no counter of this CPU counts those."
}

private func foreignText(_ scene: Scene) -> [String] {
    let foreign = scene.foreignWindows
    guard !foreign.isEmpty else { return [] }
    let losses = Histogram(foreign.map(\.record.deviation))
    return [
        "\(foreign.count) of \(scene.uninterrupted.count) uninterrupted runs are low by \(rangeText(losses)), no more than one PMI loses: a PMI of another user, such as the NMI watchdog, froze the counters in them"
    ]
}
