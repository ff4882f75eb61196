import Foundation
import Testing

/// The hardware path under stock kernels, on an emulated PMU whose faults are chosen.
@Suite("truecount in the guest lab", .enabled(if: LabSettings.current.isOn, LabSettings.howToAsk))
struct GuestLabTests {
    static let chosenRows = LabSettings.current.chosen(from: GuestRow.all)

    @Test("truecount says what the emulated PMU really does, to the last count", arguments: chosenRows)
    func matrix(row: GuestRow) async throws {
        let output = try await skippingWhereUnable { try await GuestLab.shared.diagnose(row) }
        try await compare(output, row)
    }

    @Test("A pattern that chooses rows chooses one at least")
    func someRow() { #expect(!Self.chosenRows.isEmpty, "no row's name contains a match of TRUECOUNT_LAB_ROWS") }

    @Test("Experiments differ where the counters freeze, and only there", arguments: experimentRows)
    func experiments(row: GuestRow) async throws {
        let guest = try await skippingWhereUnable {
            try await GuestLab.shared.run(["./truecount", "experiments", "--seed", "2018"] + fewTargets(row), in: row)
        }
        print("lab: \(row.id): experiments, exit code \(guest.status)")
        #expect(guest.status == Int32(row.expected.exitCode), "\(row.id): \(guest.output)\(guest.errors)")
    }

    /// On Arm, for whose CPUs rr allows a skid of 1,000, each injection may take as many breakpoints, each stepped off by ten
    /// calls: minutes in an emulator.
    private func fewTargets(_ row: GuestRow) -> [String] { row.machine == .armN1 ? ["--targets", "2"] : [] }

    /// Each machine healthy, frozen and without a PMU; on each change some of them.
    static let experimentRows = GuestRow.everyMachine.filter {
        ["healthy-skid0to40", "freeze-forced-skid10", "no-pmu"].contains($0.name) && $0.kernel == .v6_12
            && (LabSettings.current.isWhole || experimentsOnEachChange.contains($0.id))
    }

    static let experimentsOnEachChange: Set<String> = [
        "6.12-healthy-skid0to40", "6.12-freeze-forced-skid10", "amd-zen4-6.12-freeze-forced-skid10",
        "arm-n1-6.12-no-pmu",
    ]

    @Test("Names of rows are names of files, and no two are the same")
    func rowNames() {
        let names = GuestRow.all.map(\.id)
        #expect(Set(names).count == names.count)
        #expect(GuestRow.onEachChange.isSubset(of: names))
        let chosen = GuestRow.all.filter { GuestRow.onEachChange.contains($0.id) }
        #expect(Set(chosen.map(\.machine)) == Set(GuestMachine.allCases))
        #expect(Set(chosen.map(\.kernel)) == Set(KernelLine.allCases))
        #expect(Set(chosen.map(\.expected.fault)) == Set(GuestRow.all.map(\.expected.fault)))
        for name in names { #expect(name.allSatisfy { $0.isLetter || $0.isNumber || "-.".contains($0) }) }
    }

    private func compare(_ output: GuestOutput, _ row: GuestRow) async throws {
        guard row.expected != .refused else { return expectRefusal(output, row) }
        let report: GuestReport
        do {
            report = try JSONDecoder().decode(GuestReport.self, from: output.report)
        } catch {
            Issue.record("\(row.id), exit code \(output.exitCode): no report: \(error); stderr: \(output.errors)")
            return
        }
        try await ResultsFolder.shared.keep(output, verdict: report.verdict, of: row)
        print(
            "lab: \(row.id): \(report.verdict)",
            report.findings.map { "\($0.fault) \($0.size.min) \($0.size.median) \($0.size.max)" }
                .joined(separator: "; "))
        // Line by line where stdout is a file: a pass takes minutes.
        fflush(nil)

        if row.expected.mayMissPMIsAtSwitches, report.verdict == "inconclusive" {
            expectNothingButPMIsMissingAtSwitches(report, output, row)
        } else {
            expectVerdict(of: report, output, row)
            expectFault(of: report, row)
        }
        expectOneJudge(report, row)
        expectBystander(of: report, row)
        expectSkid(of: report, row)
        switch row.probes {
        case .arms: expectSameSums(report, output, row)
        case .all: expectRecordings(in: report, row)
        case .throttling: expectThrottling(in: report, row)
        case .event: break
        }
    }

    /// Nothing was measured, and stderr says why.
    private func expectRefusal(_ output: GuestOutput, _ row: GuestRow) {
        #expect(output.exitCode == row.expected.exitCode, "\(row.id): stderr: \(output.errors)")
        #expect(output.report.isEmpty, "\(row.id)")
        #expect(output.errors.contains("freeze"), "\(row.id): stderr: \(output.errors)")
    }

    private func expectVerdict(of report: GuestReport, _ output: GuestOutput, _ row: GuestRow) {
        #expect(report.verdict == row.expected.verdict, "\(row.id): \(report.reasons)")
        #expect(output.exitCode == row.expected.exitCode, "\(row.id): stderr: \(output.errors)")
        #expect(report.source == (row.hasPMU ? "hardware" : "breakpoint"), "\(row.id)")
        #expect(
            report.environment.mentions("QEMU") || report.environment.mentions("TCG"),
            "\(row.id): the report does not say that the machine is emulated")
    }

    private func expectNothingButPMIsMissingAtSwitches(_ report: GuestReport, _ output: GuestOutput, _ row: GuestRow) {
        #expect(output.exitCode == 3, "\(row.id): stderr: \(output.errors)")
        #expect(!report.findings.isEmpty, "\(row.id): \(report.reasons)")
        for finding in report.findings {
            #expect(finding.fault == "lost-pmi" && !finding.isReproduced, "\(row.id): \(finding)")
            let runs = finding.runs.map { report.runs[$0] }
            #expect(runs.allSatisfy { $0.switches > 0 }, "\(row.id): \(runs)")
        }
    }

    private func expectFault(of report: GuestReport, _ row: GuestRow) {
        guard let fault = row.expected.fault else {
            #expect(report.findings.isEmpty, "\(row.id): \(report.findings)")
            return
        }
        let others = report.findings.map(\.fault).filter { $0 != fault }
        #expect(others.isEmpty, "\(row.id)")
        guard let finding = report.findings.first(where: { $0.fault == fault }) else {
            Issue.record("\(row.id): no \(fault) among \(report.findings.map(\.fault))")
            return
        }
        #expect(!finding.mechanism.isEmpty, "\(row.id): the mechanism is not named")
        guard let loss = row.expected.loss else { return }
        #expect(finding.per == "pmi", "\(row.id)")
        // A size has a direction instead of a sign.
        #expect(["lost", "gained"].contains(finding.direction), "\(row.id)")
        let sign: Int64 = finding.direction == "gained" ? -1 : 1
        #expect(sign * finding.size.median == loss.typical, "\(row.id)")
        #expect(loss.allowed.contains(sign * finding.size.min), "\(row.id)")
        #expect(loss.allowed.contains(sign * finding.size.max), "\(row.id)")
    }

    /// Probes, findings and the verdict are of one mind; the control sees its planted loss beside whatever is lost anyhow.
    private func expectOneJudge(_ report: GuestReport, _ row: GuestRow) {
        let hasFinding = report.probes.contains { $0.outcome == "finding" }
        #expect(hasFinding == !report.findings.isEmpty, "\(row.id)")
        #expect((report.verdict == "faulty") == report.findings.contains { $0.isReproduced }, "\(row.id)")
        for finding in report.findings {
            #expect(finding.excluded.allSatisfy { $0.runs >= 1 }, "\(row.id): \(finding.fault)")
            #expect(finding.runs.allSatisfy(report.runs.indices.contains), "\(row.id): \(finding.fault)")
        }
        // Counts that come at random hide a planted loss, and an event that counts something else need not have it.
        guard row.expected.fault != "inexact-uninterrupted", row.probes != .event else { return }
        let control = report.probes.first { $0.id == "planted-loss-control" }
        // Where a PMU loses PMIs at random it may lose all of the control's few: then nothing could be planted.
        if row.expected.fault == "lost-pmi", control?.answer.hasPrefix("not measured: no PMI came") == true { return }
        #expect(control?.outcome == "clean", "\(row.id): \(control?.answer ?? "no control")")
    }

    private func expectBystander(of report: GuestReport, _ row: GuestRow) {
        guard let bystander = row.expected.bystander else { return }
        let runs = report.runs.filter(\.hasBystanderOfSameEvent)
        #expect(!runs.isEmpty, "\(row.id): no run had a bystander")
        switch bystander {
        case .exact:
            #expect(runs.allSatisfy { $0.deficit == 0 }, "\(row.id): \(runs.map(\.deficit))")
        case .losesTheSame:
            for run in runs {
                #expect(run.deficit == run.samplerDeficit, "\(row.id): \(run.workload) with period \(run.period ?? 0)")
            }
            #expect(runs.contains { $0.deficit > 0 }, "\(row.id): no bystander lost anything")
        }
    }

    private func expectSkid(of report: GuestReport, _ row: GuestRow) {
        guard let allowed = row.expected.skid else { return }
        let skids = report.runs.flatMap(\.skids)
        #expect(!skids.isEmpty, "\(row.id): no ledger with positions")
        let impossible = skids.filter { !allowed.contains($0) }
        #expect(impossible.isEmpty, "\(row.id)")
        #expect(skids.contains(allowed.upperBound), "\(row.id): the longest skid of all \(skids.count) was never seen")
    }

    /// A recording loses at each PMI what the PMU was told to lose, from the first event behind it on; its replay nothing.
    private func expectRecordings(in report: GuestReport, _ row: GuestRow) {
        let made = report.runs.filter { $0.timeline != nil }
        let recordings = made.filter { $0.arm == "D" }
        #expect(recordings.count >= 2 && made.count >= 2 * recordings.count, "\(row.id)")
        #expect(recordings.allSatisfy { $0.pmis > 5 }, "\(row.id): \(recordings.map(\.pmis))")
        guard row.expected.fault == nil || row.expected.loss != nil else { return }
        #expect(made.filter { $0.arm == "A" }.allSatisfy { $0.deficit == 0 }, "\(row.id)")
        let loss = row.expected.loss?.allowed ?? 0...0
        for event in recordings.flatMap({ $0.timeline?.events ?? [] }) {
            let allowed = event.pmisBefore * loss.lowerBound...event.pmisBefore * loss.upperBound
            #expect(allowed.contains(event.deficit), "\(row.id): \(event)")
        }
        let probe = report.probes.first { $0.id == "record-and-replay" }
        #expect(probe?.outcome == (row.expected.fault == nil ? "clean" : "finding"), "\(row.id)")
    }

    /// Throttled samplers were moved, the counter beside them lost nothing, and a group is stopped since Linux 6.16.
    private func expectThrottling(in report: GuestReport, _ row: GuestRow) {
        func probe(_ id: String) -> GuestReport.Probe? { report.probes.first { $0.id == id } }
        #expect(probe("throttling")?.outcome == (row.expected.fault == nil ? "clean" : "finding"), "\(row.id)")
        #expect(
            probe("group-throttling")?.answer
                == (row.kernel == .newest ? "all of it stops, as since Linux 6.16" : "its counter goes on"), "\(row.id)"
        )
        let moved = report.runs.filter { $0.throttledMoves ?? 0 > 0 }
        #expect(!moved.isEmpty && moved.allSatisfy { $0.deficit == 0 }, "\(row.id): \(moved.map(\.deficit))")
    }

    /// What all runs together are low by is what the PMU itself says it lost, dropped, and made up; and every overflow
    /// that it saw is one that truecount saw, or one whose PMI it did not deliver; with skids of thousands
    /// PMIs may come after their run, or after a switch.
    private func expectSameSums(_ report: GuestReport, _ output: GuestOutput, _ row: GuestRow) {
        guard row.hasPMU, let truth = output.truth else {
            #expect(!row.hasPMU && output.truth == nil, "\(row.id): a PMU that was to be off, or the other way round")
            return
        }
        #expect(
            truth.debugControlBefore == truth.debugControlAfter, "\(row.id): the register that freezes was not put back"
        )
        #expect(truth.overruns == 0, "\(row.id): the PMU model itself was late")
        let overflows = report.runs.reduce(0) { $0 + $1.overflows }
        let withoutRecord =
            row.expected.mayMissPMIsAtSwitches
            ? report.runs.map { $0.overflowsWithoutRecord(longestSkid: Int64(row.machine.longestHealthySkid)) } : []
        let least = withoutRecord.reduce(0) { $0 + $1.lowerBound }
        let most = withoutRecord.reduce(0) { $0 + $1.upperBound }
        #expect((least...most).contains(truth.overflows - truth.pmisLost - overflows), "\(row.id): \(truth)")
        let deficit = report.runs.reduce(0) { $0 + $1.deficit + $1.samplerDeficit }
        #expect(deficit == truth.branchDeficit, "\(row.id): \(truth)")
    }
}
