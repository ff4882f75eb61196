import Measurement
import Simulation
import Testing
import Workloads

@testable import Diagnosis

/// Probes whose answer is a figure or a property of the machine, and no fault.
@Suite("Probes answer what a machine can do")
struct AnswerTests {
    func probe(_ id: String, _ effort: Effort = .standard, on bench: TamperedBench = TamperedBench()) -> ProbeResult? {
        var bench = bench
        let request = DiagnosisRequest(effort: effort, cpu: 0)
        return diagnose(request, on: &bench, skidLimit: 100).probes.first { $0.id == id }
    }

    @Test("As many counters as nobody holds are free", arguments: [(4, 0, "4"), (8, 1, "7"), (10, 0, "at least 10")])
    func freeCounters(counters: UInt64, taken: UInt64, answer: String) {
        let bench = TamperedBench {
            $0.counters = counters
            $0.takenCounters = taken
        }
        let result = probe("free-counters", on: bench)
        #expect(result?.answer == answer && result?.outcome == .clean)
    }

    @Test("A counter that finds no place beside others is no fault")
    func starvedCompanions() {
        var bench = TamperedBench()
        let result = diagnose(DiagnosisRequest(cpu: 0), on: &bench, skidLimit: 100)
        #expect(result.runs.contains { $0.disturbances == [.starved] })
        #expect(result.verdict == .accurate && result.findings.isEmpty)
    }

    @Test("Periods that are refused are an answer", arguments: [(1, "1"), (32, "32: shorter ones are refused")])
    func smallestPeriod(minimum: UInt64, answer: String) {
        var bench = TamperedBench { $0.minimumPeriod = minimum }
        let result = diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench, skidLimit: 100)
        #expect(result.verdict == .accurate)
        #expect(result.probes.first { $0.id == "smallest-period" }?.answer == answer)
        #expect(
            (result.refusals ?? []).allSatisfy { $0.condition.kind == .shortPeriod && ($0.period ?? 0) < minimum })
        #expect((result.refusals?.isEmpty ?? true) == (minimum == 1))
    }

    @Test("The highest rate that passes is below the limit, and throttled runs are no disturbance of the verdict")
    func safeRate() throws {
        var bench = TamperedBench()
        let result = diagnose(DiagnosisRequest(cpu: 0), on: &bench, skidLimit: 100)
        let answer = try #require(result.probes.first { $0.id == "sampling-rate" })
        let rate = try #require(answer.answer.split(separator: " ").first.flatMap { UInt64($0.filter(\.isNumber)) })
        // A simulated PMU has the kernel's default limit, 100,000 a second.
        #expect(rate >= 10_000 && rate <= 100_000, "\(answer.answer)")
        #expect(answer.answer.contains(" faster run") && answer.answer.hasSuffix(" throttled"))
        #expect(result.runs.contains { $0.condition?.kind == .highRate && $0.throttles > 0 })
        #expect(result.verdict == .accurate && result.notes.isEmpty)
    }

    @Test("The skid's quantiles are of all PMIs, and beyond rr's limit a finding", arguments: [10, 5_000] as [UInt64])
    func skid(skid: UInt64) throws {
        let result = try #require(probe("skid", .quick, on: TamperedBench { $0.skid = .fixed(skid) }))
        #expect(result.outcome == (skid > 100 ? .finding : .clean))
        #expect(
            result.answer.contains("p99.9 \(Figures.grouped(skid)), most \(Figures.grouped(skid))"), "\(result.answer)")
    }

    @Test(
        "An event is known by what it counts",
        arguments: [
            (.conditional, .clean, "exact: conditional branches, taken or not"),
            (.takenConditional, .finding, "in each run"),
            (.taken, .finding, "in each run"),
            (.allBranches, .finding, "in 3 of \(3 * Workload.all.count) runs"),
            (.nothing, .skipped, "not measured: its runs deviate for another reason"),
        ] as [(SimulatedModel.Selection, ProbeOutcome, String)])
    func identity(selection: SimulatedModel.Selection, outcome: ProbeOutcome, answer: String) {
        let result = probe("event-identity", .quick, on: TamperedBench { $0.selection = selection })
        #expect(result?.outcome == outcome && result?.answer.hasSuffix(answer) == true, "\(result?.answer ?? "")")
    }

    @Test("A leak at the kernel's entry, and a loss between CPUIDs, show where they are and nowhere else")
    func leaks() {
        let leak = TamperedBench { $0.kernelLeak = 1 }
        #expect(probe("kernel-entries", .quick, on: leak)?.outcome == .finding)
        #expect(probe("cpu-identification", .quick, on: leak)?.outcome == .clean)
        let pairs = TamperedBench { $0.lossPerCPUIDPair = 1 }
        #expect(probe("cpu-identification", .quick, on: pairs)?.outcome == .finding)
        #expect(probe("kernel-entries", .quick, on: pairs)?.outcome == .clean)
        #expect(probe("kernel-entries", .quick)?.outcome == .clean)
        #expect(probe("cpu-identification", .quick)?.outcome == .clean)
    }

    @Test("SMIs are counted, blamed where they show, and unknown where they cannot be read")
    func smis() {
        func smi(_ size: UInt64, readable: Bool = true) -> ProbeResult? {
            probe(
                "smi", .quick,
                on: TamperedBench {
                    $0.smisPerSecond = 20
                    $0.smiSurplus = CountRange(size, size)
                    $0.smiCountIsReadable = readable
                })
        }
        #expect(smi(500)?.outcome == .finding)
        #expect(smi(0)?.outcome == .clean && smi(0)?.answer.hasSuffix(" came") == true)
        #expect(smi(500, readable: false)?.outcome == .skipped)
        #expect(probe("smi", .quick)?.answer == "none came")
    }

    @Test("Runs that shared a counter are said to have")
    func multiplexed() {
        let bench = TamperedBench {
            $0.counters = 1
            $0.isPinned = false
        }
        #expect(probe("multiplexing", .quick, on: bench)?.answer.hasSuffix(" runs, not used") == true)
        #expect(probe("multiplexing", .quick)?.answer == "none")
    }
}

@Suite("A probe that cannot be asked says why")
struct OmissionTests {
    static let needingPMU: Set<String> = [
        "skid", "event-identity", "cpu-identification", "smi", "locked-instructions", "precise-sampling",
        "branch-stack", "checkpointed", "user-space-read", "throttling", "group-throttling",
    ]

    @Test("Without a PMU those that need one are skipped, and no run is made for them")
    func breakpoints() {
        var bench = TamperedBench { $0.skid = .fixed(0) }
        bench.source = .breakpoint
        let result = diagnose(DiagnosisRequest(effort: .standard, cpu: 0), on: &bench)
        for probe in result.probes where Self.needingPMU.contains(probe.id) {
            #expect(probe.outcome == .skipped && probe.answer == "not measured: no core PMU", "\(probe)")
        }
        #expect(!result.runs.contains { Self.needingPMU.contains($0.probe) })
    }

    @Test("What a quick diagnosis leaves out is named with the time it would take")
    func quick() {
        var bench = TamperedBench()
        let probes = diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench, skidLimit: 100).probes
        let left = probes.filter { $0.outcome == .skipped }
        #expect(left.count == 9)
        #expect(left.allSatisfy { $0.answer.hasSuffix(" s)") }, "\(left.map(\.answer))")
    }

    @Test("The periods that were given are the only ones")
    func periods() {
        var bench = TamperedBench()
        let request = DiagnosisRequest(effort: .standard, cpu: 0, periods: [50_021])
        let result = diagnose(request, on: &bench, skidLimit: 100)
        #expect(result.runs.allSatisfy { $0.period == nil || $0.period == 50_021 || $0.arm == .besideOtherEvent })
        #expect(result.probes.count { $0.answer == "not measured: --period was given" } == 5)
    }

    @Test("A bench that refuses gives the reason, and the verdict does not suffer")
    func refused() throws {
        var bench = RefusingBench()
        let result = diagnose(DiagnosisRequest(effort: .thorough, cpu: 0), on: &bench, skidLimit: 100)
        #expect(result.verdict == .accurate, "\(result.reasons)")
        let refusals = try #require(result.refusals)
        #expect(Set(refusals.map(\.condition.kind)).count == Condition.Kind.allCases.count)
        #expect(
            result.probes.count { $0.outcome == .skipped && $0.answer == "not measured: not on this bench" }
                == Probe.underConditions.count)
    }

    @Test("Disturbed runs under a condition leave its probe without an answer, and the verdict alone")
    func disturbed() {
        var bench = TamperedBench()
        bench.falsify = { if $0.condition?.kind == .migration { $0.disturbances = [.multiplexed] } }
        let result = diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench, skidLimit: 100)
        let probe = result.probes.first { $0.id == "migration" }
        #expect(probe?.outcome == .skipped && probe?.answer == "not measured: all 2 runs were disturbed: multiplexed")
        #expect(result.verdict == .accurate)
    }

    @Test(
        "Runs to which the condition did not come say nothing",
        arguments: ["signals", "migration", "antagonist", "context-switches", "throttling"])
    func nothingCame(id: String) {
        var bench = TamperedBench()
        bench.falsify = {
            if $0.signals != nil { $0.signals = 0 }
            if $0.antagonistPMIs != nil { $0.antagonistPMIs = 0 }
            if $0.throttledMoves != nil { $0.throttledMoves = 0 }
            $0.migrations = 0
            $0.involuntarySwitches = 0
        }
        let result = diagnose(DiagnosisRequest(cpu: 0), on: &bench, skidLimit: 100)
        #expect(result.probes.first { $0.id == id }?.outcome == .skipped)
    }

    @Test("Titles are short, identifiers and questions unlike each other")
    func registry() {
        #expect(ProbeRegistry.all.allSatisfy { max($0.title.general.count, $0.title.on(.arm).count) <= 24 })
        #expect(Set(ProbeRegistry.all.map(\.id)).count == ProbeRegistry.all.count)
        #expect(Set(ProbeRegistry.all.map(\.question)).count == ProbeRegistry.all.count)
        #expect(ProbeRegistry.all.filter { $0.id.hasSuffix("-control") }.map(\.id) == ["planted-loss-control"])
    }
}
