import Foundation
import Glibc

/// Unlike `OutputDestination`, of which a process uses one at a time, many tests may do so at once.
func write(_ text: String, to path: String) {
    guard let file = fopen(path, "w") else { return }
    fwrite(text, 1, text.utf8.count, file)
    fclose(file)
}

/// A name that no other test uses, in a folder that everyone may write to.
func temporaryPath(_ name: String) -> String {
    "/tmp/truecount-\(getpid())-\(UInt32.random(in: 0 ... .max))-\(name)"
}

/// None where it cannot be read.
func lines(ofFile path: String) -> [Substring] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        guard count > 0 else { break }
        bytes += buffer.prefix(count)
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
}

/// A folder that goes away with its owner.
final class TemporaryFolder {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("truecount-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    /// Writes a file there.
    func add(_ name: String, _ text: String) throws {
        try text.write(toFile: "\(path)/\(name)", atomically: false, encoding: .utf8)
    }

    func text(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }

    func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
