import Foundation

/// Keeps what was compared as a table, `recordings.md` in `TRUECOUNT_LAB_RESULTS`.
actor RecordingsTable {
    static let shared = RecordingsTable(folder: LabSettings.current.resultsFolder)

    /// What became of one recording.
    enum Outcome: Sendable {
        case compared(records: [String: Int], fields: Int, differences: Int, samples: Coverage, others: Coverage)
        /// What perf reads in it.
        case refused(samples: Int)
    }

    struct Row: Sendable {
        let row: String
        let name: String
        /// "kernel RELEASE" and "perf VERSION", a line each.
        let about: String
        let outcome: Outcome
    }

    private let folder: URL?
    private var rows: [Row] = []

    init(folder: URL?) { self.folder = folder }

    func keep(_ row: Row) throws {
        guard let folder else { return }
        rows.append(row)
        rows.sort { ($0.row, $0.name) < ($1.row, $1.name) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try text.write(to: folder.appendingPathComponent("recordings.md"), atomically: true, encoding: .utf8)
    }

    private var text: String {
        let lines = rows.map { row in
            let facts = row.about.split(separator: "\n").map { $0.split(separator: " ").last.map(String.init) ?? "" }
            let columns = ["\(row.row) \(row.name)", facts.first ?? "", facts.last ?? ""] + row.outcome.columns
            return "| \(columns.joined(separator: " | ")) |"
        }
        return """
            # truecount's decoder beside perf's, on recordings of Debian's perf

            Guests under QEMU with an **emulated PMU** (Tests/GuestLab/README.md); the records are those of stock kernels, as
            Debian's perf recorded them. Made by
            `TRUECOUNT_LAB=on TRUECOUNT_LAB_RESULTS=results/lab swift test --filter RecordingsTests`.

            * *fields*: values that both printed.
            * *words of samples*, *words of others*: each word behind a header was altered, one at a time, in the first 40 samples
              and the first 200 other records of a recording; so many made a difference to what was compared. perf prints neither
              what is in a user stack, nor a group's own id, nor the ids and (but of switches and throttling) the threads at the
              end of records that are no samples.

            | recording | kernel | perf | records | fields | differences | words of samples | words of others |
            |---|---|---|---|---|---|---|---|
            \(lines.joined(separator: "\n"))

            """
    }
}

extension RecordingsTable.Outcome {
    fileprivate var columns: [String] {
        switch self {
        case .compared(let records, let fields, let differences, let samples, let others):
            let kinds = records.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
            return [kinds, "\(fields)", "\(differences)", samples.share, others.share]
        case .refused(let samples):
            return ["compressed, so refused; perf reads \(samples) SAMPLE in it", "", "", "", ""]
        }
    }
}

extension Coverage {
    fileprivate var share: String { "\(words - missed) of \(words)" }
}
