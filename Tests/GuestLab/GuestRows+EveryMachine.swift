/// The one set of rows that every machine of the lab runs: what truecount says depends on the PMU's fault, not on whose CPU it is.
extension GuestRow {
    static let everyMachine: [GuestRow] = GuestMachine.allCases.flatMap { machine in
        armsOnEveryKernel(of: machine) + arms(on: machine) + whole(on: machine)
    }

    /// A guest that runs the four arms and the control.
    private static func arms(
        _ machine: GuestMachine, on kernel: KernelLine = .v6_12, _ name: String, pmu: String, _ arguments: String...,
        expected: Expectation
    ) -> GuestRow {
        GuestRow(machine: machine, kernel: kernel, name: name, pmu: pmu, arguments: arguments, expected: expected)
    }

    private static func armsOnEveryKernel(of machine: GuestMachine) -> [GuestRow] {
        machine.kernels.flatMap { kernel in
            [
                // Silicon that would freeze at the overflow, and that nobody asks to.
                arms(machine, on: kernel, "freeze-not-asked", pmu: "freeze=overflow", expected: .accurate),
                // The positive control: truecount itself sets the bit, on kernels that never do.
                arms(
                    machine, on: kernel, "induced", pmu: "freeze=overflow,skidunit=cond", "--quick", "--induce",
                    "freeze-on-pmi", expected: machine.canBeAskedToFreeze ? .freeze(losing: 10) : .refused),
                arms(machine, on: kernel, "no-pmu", pmu: "off", "--quick", expected: .unsupported),
            ]
        }
    }

    private static func arms(on machine: GuestMachine) -> [GuestRow] {
        [
            arms(
                machine, "healthy-skid0to40", pmu: "skidunit=cond,skid=0-40,seed=5",
                expected: .accurate(skid: 0...40)),
            arms(
                machine, "healthy-skid0to\(machine.longestHealthySkid)",
                pmu: "skid=0-\(machine.longestHealthySkid),seed=5",
                expected: machine.skidOutlastsSwitches ? .accurateWithLongSkids : .accurate),
            arms(machine, "freeze-at-delivery", pmu: "freeze=delivery,force_freeze=1", expected: .accurate),
            // Silicon that freezes at the overflow though no kernel asked: what a bit left set by firmware would do.
            arms(
                machine, "freeze-forced-skid10", pmu: "freeze=overflow,force_freeze=1,skidunit=cond",
                expected: .freeze(losing: 10)),
            // Dropping begins at the overflow; from one PMI to the next it is 13, more or less the skid.
            arms(
                machine, "drop13", pmu: "drop=13,skid=10",
                expected: .faulty("pmi-drop", loss: LossPerPMI(typical: 13, allowed: 3...23), bystander: .exact)),
            arms(
                machine, "surplus7", pmu: "overcount=7",
                expected: .faulty("pmi-surplus", loss: .exactly(-7), bystander: .exact)),
            arms(machine, "lost-pmi50", pmu: "lostpmi=50", expected: .lostPMIs),
            // Lost so often that most PMIs behind them come at another phase of the period: none of them is late.
            arms(machine, "lost-pmi7-seed1", pmu: "lostpmi=7,skid=5-40,seed=1", expected: .lostPMIs),
            arms(
                machine, "spurious100000", pmu: "spurious=100000,seed=7", expected: .faulty("inexact-uninterrupted")),
        ]
    }

    /// Whole diagnoses, as people run them: every probe, on two CPUs. The fault has to be named as in the rows above, and no
    /// condition may add one to it, or find one on healthy silicon.
    private static func whole(on machine: GuestMachine) -> [GuestRow] {
        let faulty: [(KernelLine, String, pmu: String, Expectation)] = [
            (.v6_12, "freeze-forced", pmu: "freeze=overflow,force_freeze=1,skidunit=cond", .freeze(losing: 10)),
            (
                .v6_12, "drop13", pmu: "drop=13,skid=10",
                .faulty("pmi-drop", loss: LossPerPMI(typical: 13, allowed: 3...23), bystander: .exact)
            ),
            (
                .v6_12, "surplus7", pmu: "overcount=7",
                .faulty("pmi-surplus", loss: .exactly(-7), bystander: .exact)
            ),
            (.v6_12, "lost-pmi50", pmu: "lostpmi=50", .lostPMIs),
            (.v6_12, "spurious100000", pmu: "spurious=100000,seed=7", .faulty("inexact-uninterrupted")),
            (.v6_12, "no-pmu", pmu: "off", .unsupported),
        ]
        let healthy = machine.kernels.map { ($0, "healthy", pmu: "skid=0-40,seed=3", Expectation.accurate) }
        return (healthy + faulty).map { kernel, name, pmu, expected in
            whole(on: machine, kernel, name, pmu: pmu, expected)
        }
    }

    static func whole(
        on machine: GuestMachine = .intel, _ kernel: KernelLine, _ name: String, pmu: String, append: String = "",
        arguments: [String] = [], _ expected: Expectation
    ) -> GuestRow {
        GuestRow(
            machine: machine, kernel: kernel, name: "whole-\(name)", pmu: pmu, kernelArguments: append, virtualCPUs: 2,
            arguments: arguments, probes: .all, expected: expected)
    }
}
