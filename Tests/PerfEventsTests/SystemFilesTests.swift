import Glibc
import TestSupport
import Testing

@testable import PerfEvents

@Suite("The kernel's files")
struct SystemFilesTests {
    @Test("A text has no white space around it, and a number is the whole text")
    func values() throws {
        let tree = try FixtureTree(["/proc/name": "  a name\t", "/proc/number": "12", "/proc/numbers": "12 13"])
        #expect(tree.files.text("/proc/name") == "a name")
        #expect(tree.files.number("/proc/number", as: Int.self) == 12)
        #expect(tree.files.number("/proc/numbers", as: Int.self) == nil)
    }

    @Test("A folder's names are sorted, and its texts leave out what is no file")
    func folders() throws {
        let tree = try FixtureTree(["/sys/b": "2", "/sys/a": "1", "/sys/folder/c": "3"])
        #expect(tree.files.names(in: "/sys") == ["a", "b", "folder"])
        #expect(tree.files.texts(in: "/sys") == ["a": "1", "b": "2"])
    }

    @Test("What is not there is unknown, not empty")
    func absent() throws {
        let tree = try FixtureTree(["/proc/empty": ""])
        #expect(tree.files.text("/proc/empty") == "")
        #expect(tree.files.text("/proc/absent") == nil)
        #expect(tree.files.names(in: "/absent") == [])
        #expect(!tree.files.exists("/proc/absent") && tree.files.exists("/proc/empty"))
    }

    @Test("A file without an end is given up")
    func endless() {
        let isKnown = SystemFiles().bytes("/dev/zero") != nil
        #expect(!isKnown)
    }

    @Test("A file longer than one read is read whole")
    func long() throws {
        let text = String(repeating: "0123456789abcdef", count: 5_000)
        let tree = try FixtureTree(["/proc/long": text])
        #expect(tree.files.text("/proc/long") == text)
    }
}
