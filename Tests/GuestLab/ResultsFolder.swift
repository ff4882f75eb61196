import Foundation

/// Keeps the reports of a pass over the table, each labelled in an index as what it is: a report from an emulated PMU.
actor ResultsFolder {
    static let shared = ResultsFolder(folder: LabSettings.current.resultsFolder)

    /// What the index says of one report.
    struct Entry: Codable, Sendable {
        let row: String
        let machine: String
        let emulated: Bool
        let kernelRelease: String
        /// The emulated PMU's options; empty: a healthy one. `off`: none.
        let pmu: String
        let kernelArguments: String
        let virtualCPUs: Int
        let busyLoops: Int
        let arguments: [String]
        let verdict: String
        let exitCode: Int
        /// Seconds of the guest's clock that the diagnosis took.
        let guestSeconds: Double
        let groundTruth: GroundTruth?
    }

    struct Index: Codable, Sendable {
        var label = """
            Reports of guests under QEMU with an emulated PMU (Tests/GuestLab/README.md). They prove what the kernel \
            and truecount do, given silicon that behaves as configured; they prove nothing about any CPU.
            """
        /// By file name.
        var reports: [String: Entry] = [:]
    }

    private let folder: URL?

    init(folder: URL?) { self.folder = folder }

    func keep(_ output: GuestOutput, verdict: String, of row: GuestRow) throws {
        guard let folder else { return }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let name = "\(row.idOfMachine)\(output.kernelVersion)-\(row.name).json"
        try output.report.write(to: folder.appendingPathComponent(name), options: .atomic)

        let indexFile = folder.appendingPathComponent("index.json")
        var index = Index()
        if let written = try? Data(contentsOf: indexFile) {
            index = try JSONDecoder().decode(Index.self, from: written)
        }
        index.reports[name] = Entry(
            row: row.id, machine: row.machine.rawValue, emulated: true, kernelRelease: output.kernelRelease,
            pmu: row.pmu,
            kernelArguments: row.kernelArguments, virtualCPUs: row.virtualCPUs, busyLoops: row.busyLoops,
            arguments: row.arguments, verdict: verdict, exitCode: output.exitCode,
            guestSeconds: output.uptime.upperBound - output.uptime.lowerBound, groundTruth: output.truth)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(index).write(to: indexFile, options: .atomic)
    }
}
