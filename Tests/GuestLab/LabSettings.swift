import Foundation
import Testing

/// What the environment says about the lab tests (README.md, "The matrix").
struct LabSettings: Sendable {
    /// `TRUECOUNT_LAB=on` or `all`, or a pattern of rows: without being asked nothing is built as root, and no guest booted.
    let isOn: Bool
    /// `TRUECOUNT_LAB=all` boots every row, not only `GuestRow.onEachChange`.
    let isWhole: Bool
    /// `TRUECOUNT_LAB_ROWS`: a regular expression that a row's name has to contain.
    let rowPattern: String?
    /// `TRUECOUNT_LAB_REPEATS`: how often each row is booted.
    let repeats: Int
    /// `TRUECOUNT_LAB_GUESTS`: guests at a time.
    let guestsAtATime: Int
    /// `TRUECOUNT_LAB_RESULTS`: a folder that keeps every report.
    let resultsFolder: URL?
    /// `TRUECOUNT_STATIC`, `TRUECOUNT_STATIC_ARM64`: a statically linked truecount. Without it the tests build one.
    let staticBinaries: [GuestArchitecture: URL]

    static let current = LabSettings(ProcessInfo.processInfo.environment)
    static let howToAsk: Comment = "boots guests, as root: TRUECOUNT_LAB=on swift test --filter GuestLab"

    init(_ environment: [String: String]) {
        rowPattern = environment["TRUECOUNT_LAB_ROWS"].flatMap { $0.isEmpty ? nil : $0 }
        isWhole = environment["TRUECOUNT_LAB"] == "all"
        isOn = isWhole || environment["TRUECOUNT_LAB"] == "on" || rowPattern != nil
        repeats = max(1, environment["TRUECOUNT_LAB_REPEATS"].flatMap { Int($0) } ?? 1)
        let processors = ProcessInfo.processInfo.activeProcessorCount
        guestsAtATime = max(1, environment["TRUECOUNT_LAB_GUESTS"].flatMap { Int($0) } ?? min(2, processors))
        resultsFolder = environment["TRUECOUNT_LAB_RESULTS"].map { URL(fileURLWithPath: $0, isDirectory: true) }
        let binaries = [
            GuestArchitecture.amd64: environment["TRUECOUNT_STATIC"],
            .arm64: environment["TRUECOUNT_STATIC_ARM64"],
        ]
        staticBinaries = binaries.compactMapValues { $0.map { URL(fileURLWithPath: $0) } }
    }

    /// The rows to boot, each as often as asked. A pattern chooses among all of them.
    func chosen(from rows: [GuestRow]) -> [GuestRow] {
        let chosen = rows.filter { row in
            guard let rowPattern else { return isWhole || GuestRow.onEachChange.contains(row.id) }
            return row.id.range(of: rowPattern, options: .regularExpression) != nil
        }
        return (0..<repeats).flatMap { _ in chosen }
    }
}
