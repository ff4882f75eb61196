import Glibc
import SystemPackage

/// The files of a folder and of those below it whose names end in ".json".
public enum FleetFiles {
    /// Folders within each other; a tree of reports has a few.
    private static let depthLimit = 64

    /// - Returns: Regular files, and links to such, in the order of their names.
    /// - Throws: `ReportFileError` for the folder itself. One below it that cannot be read stands in the list, so that
    ///   reading it fails by its name.
    public static func find(in folder: String) throws(ReportFileError) -> [String] {
        var found: [String] = []
        let problem = collect(folder, depth: 0, &found)
        if let problem { throw ReportFileError(folder, problem.description) }
        return found.sorted()
    }

    private static func collect(_ folder: String, depth: Int, _ found: inout [String]) -> Errno? {
        guard depth < depthLimit else { return .tooManySymbolicLinkLevels }
        guard let directory = opendir(folder) else { return Errno(rawValue: errno) }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            var status = stat()
            // A link to a folder is left out: it can lead in a circle.
            guard lstat(path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                if collect(path, depth: depth + 1, &found) != nil { found.append(path) }
                continue
            }
            guard name.hasSuffix(".json") else { continue }
            if status.st_mode & S_IFMT == S_IFLNK, stat(path, &status) != 0 {
                found.append(path)
            } else if status.st_mode & S_IFMT == S_IFREG {
                found.append(path)
            }
        }
        return nil
    }
}
