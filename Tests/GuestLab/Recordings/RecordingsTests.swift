import Foundation
import Testing

/// Truecount's decoder against records that no code of ours asked for, wrote or read: those of Debian's perf.
@Suite("Recordings of Debian's perf in the guest lab", .enabled(if: LabSettings.current.isOn, LabSettings.howToAsk))
struct RecordingsTests {
    /// What a guest records, and which kinds of records each recording has to have.
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let planned: [String: Set<String>]
        var testDescription: String { name }

        private static let sample: Set = ["SAMPLE", "EXIT"]
        private static let tasks: Set = ["SAMPLE", "FORK", "EXIT", "SWITCH"]
        private static let wide: Set = ["SAMPLE", "FORK", "EXIT", "SWITCH_CPU_WIDE"]
        private static let throttled: Set = ["SAMPLE", "THROTTLE", "UNTHROTTLE"]
        private static let onBoth = ["plain": sample, "tasks": tasks, "wide": wide, "throttled": throttled]
        static let all = [
            Row(name: "intel-5.10", planned: onBoth.merging(["lost": ["SAMPLE", "LOST"]]) { first, _ in first }),
            Row(
                name: "intel-6.12",
                planned: onBoth.merging([
                    "read": sample, "group": sample, "two": sample, "lost-read": ["SAMPLE", "LOST", "LOST_SAMPLES"],
                ]) { first, _ in first }),
            Row(
                name: "amd-zen4-newest",
                planned: ["stack": sample, "calls": sample, "types": sample, "lost": ["SAMPLE", "LOST"]]),
        ]
    }

    @Test(
        "Each field of each record is what perf says that it is, and a compressed recording is refused",
        NeedsGuestLab(), arguments: Row.all)
    func recordings(row: Row) async throws {
        let parent = FileManager.default.temporaryDirectory.appendingPathComponent("truecount-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: parent) }
        let folder = parent.appendingPathComponent(row.name)
        let run = try await GuestLab.shared.run(script: "recordings", [row.name, folder.path])
        try #require(run.status == 0, "\(run.output)\(run.errors)")

        let about = try String(contentsOf: folder.appendingPathComponent("about"), encoding: .utf8)
        func keep(_ name: String, _ outcome: RecordingsTable.Outcome) async throws {
            try await RecordingsTable.shared.keep(
                RecordingsTable.Row(row: row.name, name: name, about: about, outcome: outcome))
        }
        var names = Set(run.output.split(separator: "\n").map(String.init))
        #expect(row.name != "intel-6.12" || names.contains("compressed"))
        if names.remove("compressed") != nil {
            try await keep("compressed", .refused(samples: expectRefusal(of: "compressed", in: folder)))
        }
        #expect(names == Set(row.planned.keys))
        for name in names.sorted() {
            let file = try PerfFile(Data(contentsOf: folder.appendingPathComponent("\(name).data")))
            let ours = try RecordLines.read(file)
            let theirs = try RecordingLines(ofPerf: name, in: folder)
            let differences = ours.lines.differences(from: theirs)
            #expect(differences.isEmpty, "\(row.name), \(name):\n\(differences.joined(separator: "\n"))")
            let missing = (row.planned[name] ?? []).subtracting(ours.records.keys)
            #expect(missing.isEmpty, "\(row.name), \(name): there are \(ours.records)")
            let samples = try Coverage(of: file.records.filter { $0.kind == 9 }.prefix(40), file.events)
            let others = try Coverage(of: file.records.filter { $0.kind != 9 }.prefix(200), file.events)
            // perf says nothing of what is in a user stack, nor of a group's own id.
            if name != "group" { #expect(samples.missed == 0, "\(row.name), \(name): \(samples) words of samples") }
            #expect(samples.words > 0)
            try await keep(
                name,
                .compared(
                    records: ours.records, fields: ours.fields, differences: differences.count, samples: samples,
                    others: others))
        }
    }

    /// Expects that perf reads samples in a recording, and that we do not.
    ///
    /// - Returns: how many perf reads.
    private func expectRefusal(of name: String, in folder: URL) throws -> Int {
        let data = try Data(contentsOf: folder.appendingPathComponent("\(name).data"))
        #expect(throws: PerfFileError.compressed) { try PerfFile(data) }
        let samples = try RecordingLines(ofPerf: name, in: folder).dump.count { $0.contains("PERF_RECORD_SAMPLE") }
        #expect(samples > 0)
        return samples
    }
}
