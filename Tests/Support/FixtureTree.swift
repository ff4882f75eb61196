import Glibc
import PerfEvents
import SystemPackage

/// A folder that stands in for "/", removed with its owner.
package final class FixtureTree: Sendable {
    package let root: String
    /// Folders before what lies in them.
    private let made: [String]

    /// Writes each text, with the newline that the kernel ends its files with, to its path.
    ///
    /// - Throws: the kernel's error where a file cannot be written.
    package init(_ texts: [String: String]) throws(Errno) {
        var template = Array("/tmp/truecount-fixture-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        root = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var made = [root]
        do throws(Errno) {
            for (path, text) in texts { try Self.write(text, to: path, below: root, made: &made) }
        } catch {
            Self.remove(made)
            throw error
        }
        self.made = made
    }

    package var files: SystemFiles { SystemFiles(root: root) }

    private static func write(
        _ text: String, to path: String, below root: String, made: inout [String]
    ) throws(Errno) {
        var folder = root
        for part in path.split(separator: "/").dropLast() {
            folder += "/" + part
            if mkdir(folder, 0o755) == 0 { made.append(folder) }
        }
        guard let file = fopen(root + path, "w") else { throw Errno(rawValue: errno) }
        made.append(root + path)
        let isWritten = fputs(text + "\n", file) >= 0
        guard fclose(file) == 0, isWritten else { throw Errno(rawValue: errno) }
    }

    deinit { Self.remove(made) }

    private static func remove(_ paths: [String]) {
        for path in paths.reversed() { Glibc.remove(path) }
    }
}
