import FoundationEssentials
import Reporting

@testable import Diagnosis
@testable import Measurement

/// Results with fixed figures, one for each verdict. They test rendering and are no measurements.
enum Fixtures {
    /// A machine of which nothing is known but what heads a report.
    static let skylake: Machine = {
        var machine = Machine.read(root: "/nonexistent")
        machine.kernel.release = "5.10.0-46-amd64"
        machine.architecture = "x86_64"
        machine.processor.identity = "Intel 06-5e-03"
        machine.processor.microarchitecture = "Skylake"
        machine.processor.microcode = "0x1"
        machine.hypervisor = Machine.Hypervisor(name: "QEMU")
        return machine
    }()

    static func report(
        _ result: DiagnosisResult, on machine: Machine = skylake, seed: UInt64 = 7, model: ReportedModel? = nil,
        ledgers: LedgerDetail = .sampled
    ) -> Report {
        Report(
            result: result, environment: machine, startedAt: Date(timeIntervalSince1970: 1_763_860_000.75),
            endedAt: Date(timeIntervalSince1970: 1_763_860_012.25), arguments: ["diagnose", "--seed", "7"],
            seed: seed, model: model, ledgers: ledgers)
    }

    /// A run as a report holds it. Empty if that is no longer a run: the snapshots then miss its line.
    static func run(counted: UInt64 = 1_000_000, event: String = "BR_INST_RETIRED:CONDITIONAL (r01c4)") -> [RunRecord] {
        let json = """
            {"probe": "pmi-totals", "workload": "tight-loop", "iterations": 1000000, "arm": "B", "event": "\(event)",
             "period": 100003, "cpu": 0, "expected": 1000000, "counted": \(counted), "samplerExpected": 1000000,
             "samplerCounted": \(counted), "pmis": 9, "throttles": 0, "lost": 0, "timeEnabled": 1234567,
             "timeRunning": 1234567, "samplerTimeEnabled": 1234570, "samplerTimeRunning": 1234570, "voluntarySwitches": 0,
             "involuntarySwitches": 0, "migrations": 0, "disturbances": [],
             "ledger": [{"index": 1, "time": 17, "offset": 42, "truePosition": 100013, "counted": 100003}]}
            """
        return (try? ReportJSON.decode(RunRecord.self, from: Array(json.utf8))).map { [$0] } ?? []
    }

    static let accurate = DiagnosisResult(
        source: .hardware, verdict: .accurate,
        reasons: ["every count was exact", "a loss above 1 branch in 16,000 PMIs is excluded with 95 % confidence"],
        findings: [],
        probes: [
            ProbeResult(
                id: "uninterrupted-exactness", question: "Is a run without PMIs exact?",
                title: "uninterrupted runs exact",
                outcome: .clean, answer: "yes", runs: 96),
            ProbeResult(
                id: "pmi-totals", question: "Do PMIs change the count?", title: "interrupted runs exact",
                outcome: .clean,
                answer: "yes", runs: 96, disturbedRuns: 1, pmis: 48_210),
            ProbeResult(
                id: "planted-loss-control", question: "Would a loss be seen?", title: "planted loss found",
                outcome: .clean,
                answer: "yes, 7 of 7", runs: 12, pmis: 2_400),
        ],
        runs: run(), interrupted: false)

    static let freeze = Finding(
        fault: .freezeOnPMI, per: .pmi, direction: .lost, size: FaultSize(min: 10, median: 10, max: 10, mean: 10),
        frequency: Frequency(4_800, of: 4_800, per: .pmi),
        mechanism: "Counters stop at the overflow; the interrupt comes 10 branches later; nobody counts those.",
        advice: "This kernel was booted with perf_v4_pmi=1. Boot without it.",
        evidence: ["deficit = 10 × PMIs in 96 runs"],
        excluded: [ExcludedAlternative(alternative: "throttling", because: "no THROTTLE record", runs: 96)],
        notMeasured: [], runs: [0], isReproduced: true)

    static let faulty = DiagnosisResult(
        source: .hardware, verdict: .faulty, reasons: ["counts go missing at PMIs"], findings: [freeze],
        probes: [
            ProbeResult(
                id: "uninterrupted-exactness", question: "Is a run without PMIs exact?",
                title: "uninterrupted runs exact",
                outcome: .clean, answer: "yes", runs: 96),
            ProbeResult(
                id: "pmi-totals", question: "Do PMIs change the count?", title: "interrupted runs exact",
                outcome: .finding,
                answer: "no: low by 10 per PMI", runs: 96, pmis: 48_210),
            ProbeResult(
                id: "bystander", question: "Does a bystander lose the same?", title: "bystander counter",
                outcome: .finding,
                answer: "loses the same", runs: 48, pmis: 24_105),
        ],
        runs: run(counted: 999_910), interrupted: false)

    static let simulated: DiagnosisResult = {
        var result = faulty
        result.source = .simulated
        result.runs = run(counted: 999_910, event: "SIMULATED RCB")
        return result
    }()

    static let model = ReportedModel(name: "skylake-4.20", parameters: ["freeze": "overflow", "skid": "10"])

    static let inconclusive = DiagnosisResult(
        source: .hardware, verdict: .inconclusive,
        reasons: ["the planted loss was not found", "3 runs were throttled"],
        findings: [
            Finding(
                fault: .pmiSurplus, per: .run, direction: .gained, size: FaultSize(min: 1, median: 2, max: 3, mean: 2),
                frequency: Frequency(1, of: 12, per: .run), mechanism: "Branches were counted twice.",
                advice: "Run it again with --thorough.", evidence: [], excluded: [],
                notMeasured: [
                    UnmeasuredAlternative(
                        alternative: "smi-surplus", because: "no uninterrupted run was made",
                        command: "truecount diagnose --probe uninterrupted-exactness")
                ], runs: [0], isReproduced: false)
        ],
        probes: [
            ProbeResult(
                id: "planted-loss-control", question: "Would a loss be seen?", title: "planted loss found",
                outcome: .inconclusive, answer: "6 of 7", runs: 1, pmis: 1)
        ],
        runs: run(), notes: ["tight-loop was throttled at period 97 and is repeated at 388"], interrupted: true)

    static let unsupported = DiagnosisResult(
        source: .breakpoint, verdict: .unsupported,
        reasons: ["this machine shows Linux no core PMU, so nothing is known of PMIs", "run it on bare metal"],
        findings: [],
        probes: [
            ProbeResult(
                id: "uninterrupted-exactness", question: "Is a run without PMIs exact?",
                title: "uninterrupted runs exact",
                outcome: .clean, answer: "yes", runs: 30),
            ProbeResult(
                id: "pmi-count", question: "As many PMIs as periods?", title: "number of PMIs", outcome: .skipped,
                answer: "not measured: not asked for"),
        ],
        runs: run(event: "breakpoint at tight-loop+0x20"), interrupted: false)
}
