import Diagnosis
import Foundation
import Measurement
import Reporting
import Testing

@Suite("The history that the systemd units keep")
struct RecipeHistoryTests {
    private let folder: TemporaryFolder
    private var history: String { "\(folder.path)/history" }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func start(_ report: String, exiting code: Int32, policy: String? = nil) throws -> ProgramOutcome {
        if let policy { try folder.add("policy.json", policy) }
        return try Program(path: RecipeFolder.path("systemd", "truecount-history")).run(
            [],
            environment: [
                "TRUECOUNT": "\(SampleReports.root)/Tests/EndToEndTests/StandIns/diagnosed",
                "PROGRAM": Program.truecount.path, "STATE_DIRECTORY": history, "VERDICT": "\(code)",
                "KEPT": "\(SampleReports.root)/results/lab/\(report).json", "POLICY": "\(folder.path)/policy.json",
            ])
    }

    private func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: history).sorted() }

    /// As if another kernel had booted: the report of this one gets another name.
    private func upgrade(to name: String) throws {
        for file in try files() where file.hasSuffix(".json") && file != "good.json" && !file.hasPrefix("kernel-") {
            try FileManager.default.moveItem(atPath: "\(history)/\(file)", toPath: "\(history)/kernel-\(name).json")
            guard (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(history)/good.json")) == file else {
                continue
            }
            try FileManager.default.removeItem(atPath: "\(history)/good.json")
            try FileManager.default.createSymbolicLink(
                atPath: "\(history)/good.json", withDestinationPath: "kernel-\(name).json")
        }
    }

    @Test("A kernel is diagnosed once, on this machine, and its report kept")
    func once() throws {
        func start() throws -> ProgramOutcome {
            try Program(path: RecipeFolder.path("systemd", "truecount-history")).run(
                [], environment: ["TRUECOUNT": Program.truecount.path, "STATE_DIRECTORY": history], limit: 300)
        }
        let first = try start()
        #expect([.exited(0), .exited(1), .exited(3), .exited(4)].contains(first.termination), "\(first.errors)")
        let kept = try #require(try files().first { $0.hasSuffix(".json") && $0 != "good.json" })
        #expect(try ReportFile.read("\(history)/\(kept)").arguments.contains("diagnose"))
        // What gave no answer is tried again, by intention.
        guard first.termination != .exited(3) else { return }
        let second = try start()
        #expect(second.termination == first.termination)
        #expect(second.output.hasPrefix("diagnosed already: \(history)/\(kept)\n"))
    }

    @Test("An accurate kernel is the baseline of the next; a fault, or an answer lost, fails the unit")
    func upgrades() throws {
        #expect(try start("6.12.95-healthy-skid0to40", exiting: 0).termination == .exited(0))
        #expect(try files().contains("good.json"))
        try upgrade(to: "good")
        let faulty = try start("5.10.262-v4pmi-on-skid10", exiting: 1)
        #expect(faulty.termination == .exited(1) && faulty.output.contains("freeze-on-pmi"))
        try upgrade(to: "faulty")
        let silent = try start("6.12.95-no-pmu", exiting: 4)
        #expect(silent.termination == .exited(1), "an answer was lost: \(silent.output)")
        #expect(try ReportFile.read("\(history)/good.json").verdict == .accurate)
    }

    @Test("A fault fails the unit on every day, with and without a baseline", arguments: [true, false])
    func everyDay(hasBaseline: Bool) throws {
        if hasBaseline {
            #expect(try start("6.12.95-healthy-skid0to40", exiting: 0).termination == .exited(0))
            try upgrade(to: "good")
        }
        for _ in 1...3 {
            #expect(try start("5.10.262-v4pmi-on-skid10", exiting: 1).termination == .exited(1))
        }
        #expect(try files().contains("good.json") == hasBaseline)
    }

    @Test("A fault that the policy accepts passes until its entry ends, and makes no baseline")
    func policy() throws {
        func policy(_ day: String) -> String {
            #"{"accept": [{"fault": "freeze-on-pmi", "until": "\#(day)", "atMost": 10, "because": "known"}]}"#
        }
        func start(_ day: String) throws -> ProgramOutcome {
            try self.start("5.10.262-v4pmi-on-skid10", exiting: 1, policy: policy(day))
        }
        #expect(try start("9999-12-31").termination == .exited(0))
        #expect(try start("9999-12-31").output.contains("accepted until 9999-12-31 (known)"))
        #expect(try !files().contains("good.json"))
        #expect(try start("2020-01-01").termination == .exited(1))
    }

    @Test("A verdict lost fails the unit on every day; another machine's baseline does not stand in the way")
    func otherBaselines() throws {
        #expect(try start("6.12.95-healthy-skid0to40", exiting: 0).termination == .exited(0))
        try upgrade(to: "good")
        for _ in 1...2 { #expect(try start("6.12.95-no-pmu", exiting: 4).termination == .exited(1)) }
        var other = try ReportFile.read("\(history)/kernel-good.json")
        other.environment.processor.identity = "Intel 06-9e-03"
        other.scope = Scope(other.environment)
        try OutputDestination(path: "\(history)/kernel-good.json").write(try ReportJSON.encode(other))
        for _ in 1...2 { #expect(try start("6.12.95-no-pmu", exiting: 4).termination == .exited(4)) }
    }

    @Test("Without a baseline, a machine without a PMU ends as truecount does")
    func unsupported() throws {
        #expect(try start("6.12.95-no-pmu", exiting: 4).termination == .exited(4))
        #expect(try !files().contains("good.json"))
    }

    @Test("An inconclusive diagnosis is kept under another name, and tried again")
    func inconclusive() throws {
        #expect(try start("6.12.95-healthy-busy", exiting: 3).termination == .exited(3))
        #expect(try files().contains { $0.hasSuffix(".inconclusive.json") })
        #expect(try start("6.12.95-healthy-busy", exiting: 0).termination == .exited(0))
    }

    @Test("A diagnosis that wrote no report leaves nothing and ends with truecount's code")
    func failed() throws {
        let outcome = try start("there-is-none", exiting: 0)
        #expect(outcome.termination == .exited(74))
        #expect(try !files().contains { $0.hasSuffix(".json") })
    }
}
