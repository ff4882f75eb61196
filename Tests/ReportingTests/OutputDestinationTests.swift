import FoundationEssentials
import Glibc
import SystemPackage
import Testing

@testable import Reporting

@Suite("Writing a report")
struct OutputDestinationTests {
    @Test("A file is created with the usual permissions, and nothing lies beside it")
    func newFile() throws {
        try withFolder { folder in
            let path = folder + "/report.json"
            try OutputDestination(path: path).write(Array("one".utf8))
            #expect(contents(path) == "one")
            #expect(names(in: folder) == ["report.json"])
            let mask = umask(0)
            umask(mask)
            #expect(mode(path) == 0o666 & ~mask)
        }
    }

    @Test("A file is replaced under its link, with the permissions it had")
    func replacement() throws {
        try withFolder { folder in
            let (path, link) = (folder + "/report.json", folder + "/latest.json")
            try OutputDestination(path: path).write(Array("a long first report".utf8))
            chmod(path, 0o640)
            #expect(symlink("report.json", link) == 0)
            try OutputDestination(path: link).write(Array("second".utf8))
            #expect(contents(path) == "second")
            #expect(mode(path) == 0o640)
            #expect(names(in: folder) == ["latest.json", "report.json"])
        }
    }

    /// Two containers that share a folder have processes of the same number.
    @Test("Two files that are being written beside the same one do not meet, whatever their processes' numbers")
    func sharedFolder() throws {
        try withFolder { folder in
            let first = try TemporaryFile(beside: folder + "/report.json")
            let second = try TemporaryFile(beside: folder + "/report.json")
            #expect(first.path != second.path && names(in: folder).count == 2)
            first.discard()
            second.discard()
            #expect(names(in: folder).isEmpty)
        }
    }

    @Test("Looking whether a file can be written leaves it as it was")
    func checkingChangesNothing() throws {
        try withFolder { folder in
            let path = folder + "/report.json"
            try OutputDestination(path: path).write(Array("kept".utf8))
            _ = try OutputDestination(path: path)
            _ = try OutputDestination(path: folder + "/never-written.json")
            #expect(contents(path) == "kept")
            #expect(names(in: folder) == ["report.json"])
        }
    }

    @Test(
        "A place that cannot be written is known before the work, in one line",
        arguments: [
            ("/nonexistent/report.json", "cannot write /nonexistent/report.json: No such file or directory"),
            ("/", "cannot write /: Is a directory"),
            ("/dev/null/report.json", "cannot write /dev/null/report.json: Not a directory"),
            ("", "cannot write \"\": No such file or directory"),
        ])
    func refused(path: String, message: String) {
        let error = #expect(throws: OutputError.self) { try OutputDestination(path: path) }
        #expect(error?.description == message)
    }

    @Test("A full disk is an error, and a device stays what it is")
    func fullDisk() throws {
        let error = #expect(throws: OutputError.self) { try OutputDestination(path: "/dev/full").write([1]) }
        #expect(error?.errno == .noSpace)
        try OutputDestination(path: "/dev/null").write(Array("gone".utf8))
        var status = stat()
        #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    }

    @Test("A write that fails half-way leaves the old file and no other")
    func failureKeepsTheOld() throws {
        try withFolder { folder in
            let path = folder + "/report.json"
            try OutputDestination(path: path).write(Array("old".utf8))
            // The folder is moved away between the check and the write.
            let destination = try OutputDestination(path: path)
            #expect(rename(folder, folder + "-away") == 0)
            defer { rename(folder + "-away", folder) }
            #expect(throws: OutputError.self) { try destination.write(Array("new".utf8)) }
            #expect(contents(folder + "-away/report.json") == "old")
            #expect(names(in: folder + "-away") == ["report.json"])
        }
    }

    @Test("A reader that went away is told apart from other errors")
    func brokenPipe() throws {
        signal(SIGPIPE, SIG_IGN)
        var ends: [CInt] = [-1, -1]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        let error = #expect(throws: OutputError.self) { try OutputDestination(path: "/dev/fd/\(ends[1])").write([1]) }
        #expect(error?.isReaderGone == true)
        #expect(OutputError(destination: "x", errno: .noSpace).isReaderGone == false)
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/truecount-test-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            for name in names(in: folder) { unlink(folder + "/" + name) }
            rmdir(folder)
        }
        try body(folder)
    }

    private func contents(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    private func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }
}
