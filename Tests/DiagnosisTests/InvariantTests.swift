import Measurement
import Simulation
import Testing

@testable import Diagnosis

/// What has to hold of every diagnosis, whatever the PMU has and whatever was asked: each simulated model, whole under three
/// seeds, and with each probe alone under one of them.
@Suite("The answer is right whatever was asked")
struct InvariantTests {
    static let seeds: ClosedRange<UInt64> = 1...3

    /// Models whose fault a quick plan may meet too rarely, or in runs with PMIs alone, to be named by it: it is then left
    /// unexplained, which is never a wrong name.
    static let rare: Set<String> = ["comet-lake-smi-unreadable", "asahi-off-by-one"]

    @Test("Each model, whole and with each probe alone", arguments: Preset.all.map(\.name))
    func model(name: String) throws {
        let preset = try #require(Preset.named(name))
        for seed in Self.seeds { expectRight(preset, nil, seed) }
        for (probe, seed) in zip(ProbeRegistry.all.map(\.id), sequence(first: 1) { $0 % Self.seeds.upperBound + 1 }) {
            expectRight(preset, probe, seed)
        }
    }

    private func expectRight(_ preset: Preset, _ probe: String?, _ seed: UInt64) {
        var bench = SimulatedBench(preset.pmu, seed: seed)
        var request = DiagnosisRequest(effort: .quick, cpu: 0, seed: seed)
        if let probe { request.probes = [probe] }
        let result = diagnose(request, on: &bench, skidLimit: preset.pmu.skidLimit)
        let place = "\(preset.name), \(probe ?? "whole"), seed \(seed)"
        expectNoWrongName(result, preset, place)
        expectOneJudge(result, place)
        if let probe { expectAsked(result, probe, place) }
    }

    private func expectNoWrongName(_ result: DiagnosisResult, _ preset: Preset, _ place: String) {
        let named = Set(result.findings.map(\.fault.rawValue)).subtracting([preset.fault].compactMap { $0 })
        #expect(
            Self.rare.contains(preset.name) ? named.isSubset(of: ["unexplained"]) : named.isEmpty,
            "\(place): \(named)")
    }

    /// Probes, findings and the verdict are of one mind, and nothing is concluded from runs that were not made.
    private func expectOneJudge(_ result: DiagnosisResult, _ place: String) {
        let hasFinding = result.probes.contains { $0.outcome == .finding }
        #expect(hasFinding == !result.findings.isEmpty, "\(place): \(result.findings.map(\.fault))")
        let isFaulty = result.findings.contains { $0.isReproduced && $0.fault != .starvedCounter }
        #expect((result.verdict == .faulty) == isFaulty, "\(place): \(result.reasons)")
        if result.verdict == .accurate {
            for probe in result.probes where ProbeDescription.arms.contains(probe.id) {
                #expect(probe.outcome == .clean && probe.runs > 0, "\(place): \(probe)")
            }
            for arm in Arm.allCases {
                let made = result.runs.contains { $0.arm == arm && !$0.isDisturbed && $0.condition == nil }
                #expect(made, "\(place): arm \(arm.rawValue)")
            }
            #expect(result.runs.contains { ($0.planted?.perPMI ?? 0) > 0 && !$0.isDisturbed }, "\(place)")
        }
        for finding in result.findings {
            #expect(finding.excluded.allSatisfy { $0.runs >= 1 }, "\(place): \(finding.excluded)")
            #expect(finding.notMeasured.allSatisfy { !$0.command.isEmpty && !$0.because.isEmpty }, "\(place)")
            #expect(!finding.runs.isEmpty && finding.runs.allSatisfy(result.runs.indices.contains), "\(place)")
            #expect(Set(finding.runs).count == finding.runs.count, "\(place): \(finding.fault)")
            #expect(finding.frequency.affected >= 1 && finding.frequency.affected <= finding.frequency.of, "\(place)")
            #expect(!finding.extent.contains("-1") && !finding.brief.contains(" -"), "\(place): \(finding.extent)")
        }
        for probe in result.probes where probe.outcome == .clean {
            #expect(probe.runs > 0, "\(place): \(probe)")
        }
    }

    /// A probe that is asked alone brings its runs, or says what stands in the way; never that none was made.
    private func expectAsked(_ result: DiagnosisResult, _ id: String, _ place: String) {
        let probe = result.probes.first { $0.id == id }
        #expect(probe?.answer.contains("no run was made") == false, "\(place)")
        #expect(probe?.answer.contains(VerdictRule.leftOut) == false, "\(place)")
    }

    @Test("Each fault of the arms is shown by a probe that its explanation names, asked alone")
    func namedProbes() throws {
        for preset in Preset.all {
            guard let slug = preset.fault, let known = KnownFault.all.first(where: { $0.fault.rawValue == slug }),
                preset.needs == nil, !Self.rare.contains(preset.name)
            else { continue }
            let explanation = try #require(FaultExplanation.of(known.fault))
            let shown = explanation.sighting.probes.filter { id in
                var bench = SimulatedBench(preset.pmu, seed: 1)
                var request = DiagnosisRequest(effort: .standard, cpu: 0, seed: 1)
                request.probes = [id]
                let result = diagnose(request, on: &bench, skidLimit: preset.pmu.skidLimit)
                return result.probes.first { $0.id == id }?.outcome == .finding
                    && result.findings.contains { $0.fault == known.fault }
            }
            #expect(!shown.isEmpty, "\(preset.name): none of \(explanation.sighting.probes) shows \(slug)")
        }
    }

    @Test("Evidence that was not measured excludes nothing: without bystanders no drop is named")
    func withoutBystanders() throws {
        let preset = try #require(Preset.named("sampler-drop"))
        var bench = SimulatedBench(preset.pmu)
        let runs = diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench, skidLimit: 100).runs
            .filter { !$0.arm.hasBystander }
        let findings = Judge.findings(Evidence(runs: runs, source: .simulated, skidLimit: 100))
        #expect(findings.map(\.fault) == [.unexplained])
        let open = try #require(findings.first?.notMeasured)
        #expect(open.contains { $0.alternative == "pmi-drop" && $0.command.contains("--probe bystander") })
        #expect(open.contains { $0.alternative == "freeze-on-pmi" })
    }

    @Test("A run seen once in the arms does not hide what a condition shows again and again")
    func onceDoesNotHide() {
        var bench = TamperedBench()
        var isFirst = true
        bench.falsify = { record in
            if record.condition?.kind == .signals { record.counted += record.signals ?? 0 }
            guard isFirst, record.arm == .samplerTotal, record.condition == nil, record.planted == nil else { return }
            record.counted -= 1
            isFirst = false
        }
        let result = diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench, skidLimit: 100)
        #expect(result.verdict == .faulty, "\(result.reasons)")
        #expect(result.findings.filter(\.isReproduced).map(\.fault) == [.kernelLeak])
    }

    @Test("A period that is too short to count PMIs leaves the verdict open")
    func shortPeriod() throws {
        var bench = TamperedBench()
        let request = DiagnosisRequest(effort: .quick, cpu: 0, periods: [97])
        let result = diagnose(request, on: &bench, skidLimit: 100)
        #expect(result.verdict == .inconclusive)
        let probe = try #require(result.probes.first { $0.id == "pmi-count" })
        #expect(probe.outcome == .inconclusive && probe.answer.contains("the longest period, 97, is below 400"))
        #expect(result.reasons.contains { $0.hasPrefix("pmi-count: ") })
    }

    @Test("A rare fault has the size of what it strikes, and how often with an interval")
    func frequency() throws {
        let preset = try #require(Preset.named("rare-drop"))
        var bench = SimulatedBench(preset.pmu)
        let result = diagnose(DiagnosisRequest(effort: .standard, cpu: 0), on: &bench, skidLimit: 100)
        let finding = try #require(result.findings.first)
        #expect(finding.fault == .pmiDrop && finding.size.max == 3 && finding.size.median == 3)
        let interval = finding.frequency.interval
        #expect(interval.low < 0.02 && 0.02 < interval.high && interval.high < 0.05, "\(finding.frequency)")
        #expect(finding.extent.contains("3) lost at ") || finding.extent.hasPrefix("3 branches lost at "))
        #expect(finding.extent.contains(" % of PMIs ("), "\(finding.extent)")
    }

    @Test("The control knows what PMIs lose or gain anyhow", arguments: ["drop", "surplus", "freeze"])
    func control(fault: String) {
        var bench = TamperedBench {
            $0.skid = .uniform(low: 3, high: 39)
            if fault == "drop" { ($0.drop, $0.skidInKernelOneIn) = (6, 5) }
            if fault == "surplus" { $0.surplus = 7 }
            if fault == "freeze" { $0.freeze = .overflow }
        }
        let result = diagnose(DiagnosisRequest(effort: .standard, cpu: 0), on: &bench, skidLimit: 100)
        let control = result.probes.first { $0.id == "planted-loss-control" }
        #expect(
            control?.outcome == .clean && control?.answer.hasPrefix("found: 1 of 1, 7 of 7") == true,
            "\(control?.answer ?? "")")
    }

    @Test("Control runs in which no PMI came say nothing, and do not fail the control")
    func controlWithoutPMIs() {
        var bench = TamperedBench()
        var isFirst = true
        bench.falsify = { record in
            guard isFirst, let planted = record.planted, planted.perPMI > 0 else { return }
            isFirst = false
            // As where the first PMI was lost, and with it all that were to follow.
            record.counted += planted.total
            record.samplerCounted = record.samplerCounted.map { $0 + planted.total }
            record.planted = PlantedLoss(perPMI: planted.perPMI, total: 0, pmis: 0)
            (record.pmis, record.ledger) = (0, nil)
        }
        let result = diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench, skidLimit: 100)
        let control = result.probes.first { $0.id == "planted-loss-control" }
        #expect(control?.outcome == .clean && control?.answer == "found: 7 of 7", "\(control?.answer ?? "")")
    }
}
