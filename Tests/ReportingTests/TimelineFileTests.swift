import Glibc
import SystemPackage
import Testing

@testable import Measurement
@testable import Reporting

@Suite("The timeline file")
struct TimelineFileTests {
    private static func timeline() throws -> Timeline {
        let program = try #require(
            RecordedProgram(seed: 1, segments: 3, shortest: 1, longest: 30, kinds: [.systemCall, .fault]))
        let plan = RecordingPlan(
            program: program, period: 97, planted: PlantedLosses(low: 1, high: 9, seed: .max))
        let header = TimelineHeader(
            plan, CountedEvents(.breakpoint),
            origin: RecordingOrigin(kernel: "1.2.3", processor: "a \"CPU\"", architecture: "vax"), toolVersion: "9.8.7")
        var timeline = Timeline(
            header,
            Recording(
                result: RecordResult(check: CountCheck(), pmis: 2, atPMIs: PMICheck(), timeEnabled: 1, timeRunning: 1),
                events: [], pmis: [], iterations: 0))
        timeline.events = [
            TimelineRow(event: 0, kind: "system-call", pmisBefore: 0, expected: 5, counted: 5),
            TimelineRow(event: 1, kind: "fault", pmisBefore: 1, expected: 97, counted: 1 << 62),
            TimelineRow(event: 2, kind: "fault", pmisBefore: 2, expected: .max, counted: 0),
            TimelineRow(event: 3, kind: "end", pmisBefore: 2, expected: 0, counted: .max),
        ]
        timeline.pmis = [
            RecordedPMI(event: 1, count: 97, offset: 0x88, remaining: 12),
            RecordedPMI(event: 2, count: .max, offset: .max, remaining: .max),
        ]
        return timeline
    }

    /// Runs `body` with a small timeline's file.
    private func withFile(_ body: (_ path: String, _ bytes: [UInt8]) throws -> Void) throws {
        var template = Array("/tmp/truecount-test-XXXXXX".utf8CString)
        let folder = String(cString: try #require(mkdtemp(&template)))
        let path = "\(folder)/program.timeline"
        defer {
            unlink(path)
            // Succeeds only where nothing else is left.
            #expect(rmdir(folder) == 0)
        }
        try TimelineFile.write(try Self.timeline(), to: try OutputDestination(path: path))
        try body(path, try ReportFile.bytes(path, limit: 1 << 20))
    }

    /// What reading those bytes as a timeline leads to; nil where they are taken for one.
    private func refusal(_ bytes: [UInt8]) -> String? {
        do throws(ReportFileError) {
            _ = try TimelineFile.decode(bytes, name: "it")
            return nil
        } catch {
            return error.description
        }
    }

    @Test("What was written is read, and the same timeline is the same bytes")
    func roundTrip() throws {
        try withFile { path, bytes in
            #expect(try TimelineFile.read(path) == Self.timeline())
            try TimelineFile.write(try Self.timeline(), to: try OutputDestination(path: path))
            #expect(try ReportFile.bytes(path, limit: 1 << 20) == bytes)
        }
    }

    @Test("No single flipped bit, wherever it is, goes unnoticed")
    func bitFlips() throws {
        try withFile { _, bytes in
            // The last byte is a newline, behind the end of the object.
            for index in bytes.indices.dropLast() {
                for bit in 0..<8 {
                    var damaged = bytes
                    damaged[index] ^= 1 << UInt8(bit)
                    let found = refusal(damaged)
                    #expect(found?.contains("\n") == false, "byte \(index), bit \(bit)")
                }
            }
        }
    }

    @Test("A file that is cut off anywhere is truncated, and says so")
    func truncation() throws {
        try withFile { _, bytes in
            #expect(refusal([]) == "cannot read it: it is empty")
            for count in 1..<(bytes.count - 1) {
                let found = refusal(Array(bytes.prefix(count)))
                #expect(found == "cannot read it: it is truncated: it ends within the timeline")
            }
        }
    }

    @Test("Each mistake has one line of its own: other files, versions, edits")
    func kinds() throws {
        try withFile { _, bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            /// Nil where there was nothing to edit, or where it went unnoticed.
            func edited(_ what: String, _ other: String) -> String? {
                text.contains(what) ? refusal(Array(text.replacing(what, with: other).utf8)) : nil
            }
            #expect(refusal(Array("a poem\n".utf8)) == "cannot read it: it is not JSON")
            #expect(
                refusal(Array("{\"verdict\": \"faulty\"}".utf8))
                    == "cannot read it: it is JSON, but no timeline of truecount's")
            #expect(
                refusal(Array("TCLINE\r\n".utf8) + [1, 0, 200])
                    == "cannot read it: it was written by an earlier truecount; record again")
            #expect(
                edited("\"version\":2", "\"version\":3")?.contains("it has version 3 of the timeline's format") == true)
            for (what, other) in [
                ("\"counted\":5", "\"counted\":6"), ("\"seed\":1,", "\"seed\":2,"), ("\"1.2.3\"", "\"1.2.4\""),
                ("\"remaining\":12", "\"remaining\":13"), ("\"version\":2", "\"version\":1"),
                ("\"period\":97,", ""),
            ] {
                #expect(
                    edited(what, other)
                        == "cannot read it: it is damaged: its content is not what was written; copy it again, or record again"
                )
            }
            #expect(
                edited("\"expected\":5,", "")?.hasPrefix(
                    "cannot read it: it is damaged: timeline.events[0].expected is missing; ") == true)
            let deep = String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000)
            #expect(edited("\"vax\"", deep)?.contains("nested more than") == true)
        }
    }

    /// FNV-1a as its authors give it, to prove that the digest is the documented one.
    private func fnv(_ bytes: some Sequence<UInt8>) -> String {
        var hash: UInt64 = 14_695_981_039_346_656_037
        for byte in bytes {
            hash ^= UInt64(byte)
            hash = hash &* 1_099_511_628_211
        }
        return String(hash, radix: 16)
    }

    @Test("The digest is FNV-1a of the timeline's own JSON; with a right one a program that cannot be is still refused")
    func digest() throws {
        #expect(fnv([]) == "cbf29ce484222325")
        #expect(fnv("a".utf8) == "af63dc4c8601ec8c" && fnv("foobar".utf8) == "85944171f73967e8")
        try withFile { _, bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            func content(_ text: String) throws -> Substring {
                try #require(text.firstMatch(of: #/"timeline":({.*}),"version":2}\n/#)).output.1
            }
            func digest(_ text: String) throws -> String {
                let digits = fnv(try content(text).utf8)
                return "\"fnv1a64:\(String(repeating: "0", count: 16 - digits.count))\(digits)\""
            }
            let right = try digest(text)
            try #require(text.contains("\"digest\":\(right)"))
            for (what, other) in [
                ("\"segments\":3", "\"segments\":0"), ("\"kinds\":[\"system-call\",\"fault\"]", "\"kinds\":[]"),
                ("\"longest\":30", "\"longest\":18446744073709551615"), ("\"shortest\":1", "\"shortest\":31"),
            ] {
                let forged = text.replacing(what, with: other)
                try #require(forged != text)
                let found = refusal(Array(forged.replacing(right, with: try digest(forged)).utf8))
                #expect(found?.contains("timeline.header.program has a value") == true, "\(found ?? "")")
            }
            // What can be replayed is read.
            let other = text.replacing("\"counted\":5", with: "\"counted\":6")
            #expect(refusal(Array(other.replacing(right, with: try digest(other)).utf8)) == nil)
        }
    }

    @Test("A file that cannot be written or read is an error with its path and the reason, and leaves the old one")
    func inaccessible() throws {
        let timeline = try Self.timeline()
        for (path, reason) in [
            ("/nonexistent/x", Errno.noSuchFileOrDirectory), ("/tmp", .isDirectory), ("/dev/full", .noSpace),
        ] {
            #expect(throws: OutputError(destination: path, errno: reason)) {
                try TimelineFile.write(timeline, to: try OutputDestination(path: path))
            }
        }
        for (path, words) in [
            ("/nonexistent/x", "cannot read /nonexistent/x: No such file or directory"),
            ("/tmp", "cannot read /tmp: Is a directory"), ("/dev/null", "cannot read /dev/null: it is empty"),
            ("/dev/zero", "cannot read /dev/zero: it is larger than 256 MiB"),
        ] {
            let error = #expect(throws: ReportFileError.self) { try TimelineFile.read(path) }
            #expect(error?.description == words)
        }
    }

    @Test("An event takes about 90 bytes, and a million of them can be read again")
    func size() throws {
        try withFile { path, bytes in
            var timeline = try Self.timeline()
            timeline.pmis = []
            timeline.events = (0..<10_000).map {
                TimelineRow(
                    event: 1_000_000 + $0, kind: "system-call", pmisBefore: 100_000, expected: 40_000_000_000 + $0,
                    counted: 40_000_000_000)
            }
            try TimelineFile.write(timeline, to: try OutputDestination(path: path))
            let size = try ReportFile.bytes(path, limit: 1 << 24).count
            #expect(size < 120 * 10_000)
            #expect(UInt64(size) * RecordedProgram.mostSegments / 10_000 < UInt64(TimelineFile.sizeLimit))
        }
    }
}
