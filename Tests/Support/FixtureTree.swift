import Glibc
import Testing

@testable import PerfEvents

/// A folder that stands in for "/", removed with its owner.
final class FixtureTree: Sendable {
    let root: String
    /// Folders before what lies in them.
    private let made: [String]

    init(_ texts: [String: String]) throws {
        var template = Array("/tmp/truecount-fixture-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        root = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var made = [root]
        for (path, text) in texts {
            var folder = root
            for part in path.split(separator: "/").dropLast() {
                folder += "/" + part
                if mkdir(folder, 0o755) == 0 { made.append(folder) }
            }
            let file = try #require(fopen(root + path, "w"))
            fputs(text + "\n", file)
            fclose(file)
            made.append(root + path)
        }
        self.made = made
    }

    var files: SystemFiles { SystemFiles(root: root) }

    deinit {
        for path in made.reversed() { remove(path) }
    }
}

func processorInformation(vendor: String, family: Int, model: Int, stepping: Int = 3, cpu: Int = 0) -> String {
    """
    processor\t: \(cpu)
    vendor_id\t: \(vendor)
    cpu family\t: \(family)
    model\t\t: \(model)
    model name\t: A CPU of the tests
    stepping\t: \(stepping)
    microcode\t: 0xf0
    flags\t\t: fpu vme de pse
    """
}
