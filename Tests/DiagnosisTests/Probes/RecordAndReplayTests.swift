import Measurement
import Simulation
import Testing

@testable import Diagnosis

/// What shows at the events of a recorded program, and perhaps nowhere else.
@Suite("A recording is compared with its replay, event by event")
struct RecordAndReplayTests {
    private func diagnosis(
        _ effort: Effort = .quick, _ falsify: @escaping (inout RunRecord) -> Void
    ) throws -> (result: DiagnosisResult, probe: ProbeResult) {
        var bench = TamperedBench()
        bench.falsify = { if $0.condition?.kind == .recorder { falsify(&$0) } }
        let result = diagnose(DiagnosisRequest(effort: effort, cpu: 0), on: &bench, skidLimit: 100)
        return (result, try #require(result.probes.first { $0.id == "record-and-replay" }))
    }

    @Test("Where nothing is lost they are equal", arguments: Effort.allCases)
    func clean(effort: Effort) throws {
        let (result, probe) = try diagnosis(effort) { _ in }
        #expect(probe.outcome == .clean && probe.answer.hasPrefix("exact at each of "), "\(probe.answer)")
        #expect(probe.pmis > 0 && result.verdict == .accurate)
        let pairs = RecordedPair.all(in: result.runs)
        #expect(pairs.count == (effort == .quick ? 1 : 2) && pairs.allSatisfy { $0.divergence == nil })
        #expect(pairs.allSatisfy { ($0.recording.timeline?.count ?? 0) > 10 && $0.replay.pmis == 0 })
    }

    @Test("Counts that a recorder alone loses are found, with the event and the PMIs before it, and are reproduced")
    func lossAtPMIs() throws {
        let (result, probe) = try diagnosis { record in
            guard record.arm == .samplerTotal else { return }
            record.counted -= 10 * record.pmis
            record.timeline = record.timeline?.map { row in
                var row = row
                row.counted -= 10 * row.pmisBefore
                return row
            }
        }
        let first = try #require(result.runs.first { $0.arm == .samplerTotal && $0.condition?.kind == .recorder })
        let event = try #require(first.timeline?.first { $0.pmisBefore > 0 }?.event)
        #expect(probe.outcome == .finding)
        #expect(probe.answer.hasPrefix("differs from event \(event) on, after 1 PMI; "), "\(probe.answer)")
        #expect(probe.answer.contains(" lost in 4 of 5 runs"), "\(probe.answer)")
        #expect(result.verdict == .faulty && result.findings.map(\.fault) == [.unexplained])
        #expect(
            result.findings.first?.runs.count == 4 && result.notes.contains { $0.contains("repeated three times") })
    }

    @Test("A count that is wrong at one event alone, and right at the end, is found")
    func betweenEvents() throws {
        let (result, probe) = try diagnosis { record in
            if record.arm == .samplerTotal { record.timeline?[3].counted += 1 }
        }
        #expect(
            probe.answer.hasPrefix("differs from event 3 on, after ") && probe.answer.contains("; 1 gained ")
                && result.verdict == .faulty)
    }

    @Test("Recordings and replays that are wrong by the same are equal, and wrong")
    func bothWrong() throws {
        let (result, probe) = try diagnosis { record in
            record.counted += 2
            record.timeline = record.timeline?.map { row in
                var row = row
                row.counted += 2
                return row
            }
        }
        #expect(probe.outcome == .finding && probe.answer.contains(" in ") && !probe.answer.contains("differs"))
        #expect(result.findings.map(\.fault) == [.unexplained])
    }

    @Test("Without a PMI, or without a replay, a recording says nothing")
    func nothingToCompare() throws {
        let noPMI = try diagnosis { $0.pmis = 0 }.probe
        #expect(noPMI.outcome == .skipped && noPMI.answer == "not measured: no PMI came in a recording")
        let noReplay = try diagnosis { if $0.arm == .countingAlone { $0.disturbances = [.multiplexed] } }
        #expect(noReplay.probe.outcome == .skipped && noReplay.result.verdict == .accurate)
        #expect(noReplay.probe.answer == "not measured: no recording has a replay")
    }

    @Test("A recording of one CPU is not compared with a replay on another")
    func perCPU() throws {
        var (result, _) = try diagnosis(.standard) { _ in }
        for index in result.runs.indices where result.runs[index].arm == .countingAlone { result.runs[index].cpu = 1 }
        #expect(RecordedPair.all(in: result.runs).isEmpty)
    }

    @Test(
        "What every interrupted run loses a recording loses as well, and it is one finding",
        arguments: ["skylake-4.20", "sampler-drop", "xen-pmi-overcount"])
    func ordinaryFaults(name: String) throws {
        var bench = SimulatedBench(SimulatedPMU(name: name, model: try #require(Preset.named(name)).model), seed: 5)
        let result = diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench, skidLimit: 125)
        let probe = try #require(result.probes.first { $0.id == "record-and-replay" })
        #expect(probe.outcome == .finding && result.findings.count == 1 && result.verdict == .faulty)
        let pair = try #require(RecordedPair.all(in: result.runs).first)
        let first = try #require(pair.divergence)
        #expect(first.recorded.pmisBefore >= 1 && first.replayed.lossSoFar == 0)
        #expect(first.counts == first.recorded.lossSoFar)
    }
}
