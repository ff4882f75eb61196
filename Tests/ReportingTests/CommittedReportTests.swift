import Glibc
import Measurement
import Reporting
import Testing

/// What earlier versions wrote, and is kept as evidence, has to be read by this one.
@Suite("Committed reports")
struct CommittedReportTests {
    /// Files of a folder beside the sources, by name.
    private static func files(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            names.append("\(folder)/\(name)")
        }
        return names.sorted()
    }

    private static func bytes(of path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return bytes
    }

    private static let results: String = {
        let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(folder)/results"
    }()

    @Test("Each of them decodes, and is a diagnosis with its runs")
    func decode() throws {
        let paths = (Self.files(in: Self.results) + Self.files(in: Self.results + "/lab")).filter { path in
            path.hasSuffix(".json") && !path.hasSuffix("/index.json") && !path.contains("/verify-")
                && !path.contains("/confusion-matrix")
        }
        #expect(paths.count >= 20)
        for path in paths {
            let report = try ReportJSON.decode(Report.self, from: Self.bytes(of: path))
            #expect(report.schemaVersion >= 1, "\(path)")
            #expect(report.runs.allSatisfy { $0.condition == nil || $0.probe != "pmi-totals" }, "\(path)")
        }
    }
}
