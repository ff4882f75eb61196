import Glibc
import Reporting

/// The reports that are kept in `results`.
enum CommittedReports {
    static let folder: String = {
        let path = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return path.dropLast(3).joined(separator: "/") + "/results"
    }()

    /// Files that are reports of a diagnosis.
    static func paths() throws -> [String] {
        try FleetFiles.find(in: folder).filter { path in
            !path.hasSuffix("/index.json") && !path.contains("/verify-") && !path.contains("/confusion-matrix")
        }
    }

    static func bytes(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return bytes
    }
}
