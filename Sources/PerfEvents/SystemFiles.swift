import Glibc
import SystemPackage

/// The files in which the kernel describes the machine, below a root that tests replace.
package struct SystemFiles: Sendable {
    /// "/" for this machine. A path without a trailing slash otherwise.
    package let root: String

    /// More than any file that is read here has; a limit against a root that points at something else.
    private static let largestFile = 1 << 22

    /// Told of each file before it is read, for tests.
    private let noteRead: (@Sendable (_ path: String) -> Void)?

    package init(root: String = "/", noteRead: (@Sendable (_ path: String) -> Void)? = nil) {
        self.root = root == "/" ? "" : root
        self.noteRead = noteRead
    }

    /// Whether this is the running machine and not a tree of fixtures.
    package var isThisMachine: Bool { root.isEmpty }

    /// The whole file, or nil where it cannot be read to its end.
    package func bytes(_ path: String) -> [UInt8]? {
        noteRead?(path)
        guard let file = try? FileDescriptor.open(root + path, .readOnly, options: [.closeOnExec, .nonBlocking]) else {
            return nil
        }
        // sysfs files of absent hardware open but fail to read: that is "unknown", not "empty".
        let content = try? file.closeAfter {
            var content: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 1 << 14)
            while content.count < Self.largestFile {
                let count = try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
                guard count > 0 else { return content as [UInt8]? }
                content.append(contentsOf: chunk[..<count])
            }
            // Half of a text would be read as another one.
            return nil
        }
        return content.flatMap(\.self)
    }

    /// Whether a file opens and then has not one byte that can be read.
    package func opensWithoutContent(_ path: String) -> Bool {
        noteRead?(path)
        guard let file = try? FileDescriptor.open(root + path, .readOnly, options: [.closeOnExec, .nonBlocking]) else {
            return false
        }
        var byte: UInt8 = 0
        let count = try? file.closeAfter { try withUnsafeMutableBytes(of: &byte) { try file.read(into: $0) } }
        return count != 1
    }

    /// The file's text without surrounding white space, or nil where it cannot be read.
    package func text(_ path: String) -> String? {
        bytes(path).map { String(decoding: $0, as: UTF8.self).trimmed }
    }

    package func number<Number: FixedWidthInteger>(_ path: String, as type: Number.Type = Number.self) -> Number? {
        text(path).flatMap { Number($0) }
    }

    /// The CPUs that a file lists; nil where it cannot be read or is no list.
    package func cpuList(_ path: String) -> CPUList? {
        text(path).flatMap { CPUList($0) }
    }

    /// Names in a folder, sorted; empty where it cannot be read.
    package func names(in path: String) -> [String] {
        guard let folder = opendir(root + path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The texts of all files in a folder that can be read, by name.
    package func texts(in path: String) -> [String: String] {
        var texts: [String: String] = [:]
        for name in names(in: path) { texts[name] = text("\(path)/\(name)") }
        return texts
    }

    package func exists(_ path: String) -> Bool {
        access(root + path, F_OK) == 0
    }
}

extension String {
    /// Without white space and zero bytes at either end.
    package var trimmed: String {
        let isBlank = { (character: Character) in character.isWhitespace || character == "\0" }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}

extension String {
    /// The number that `text` writes, decimal or with a leading `0x`.
    package static func parseNumber(_ text: some StringProtocol) -> UInt64? {
        text.lowercased().hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
    }
}

extension FixedWidthInteger {
    /// Hexadecimal digits without a prefix.
    package var hex: String { String(self, radix: 16) }
}
