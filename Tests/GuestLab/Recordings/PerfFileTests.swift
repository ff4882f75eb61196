import CPerf
import Foundation
import PerfEvents
import Testing

@Suite("The reader of perf's files")
struct PerfFileTests {
    /// A file of one event with one id, whose data section has these bytes.
    private func file(_ records: [UInt8], attributes: EventAttributes = EventAttributes(event: .raw(0x1c4))) -> Data {
        let attributeSize = MemoryLayout<perf_event_attr>.size + 16
        let start = 104 + 8 + attributeSize
        let header: [Int] = [
            0x3245_4c49_4652_4550, 104, attributeSize, 112, attributeSize, start, records.count, 0, 0, 0, 0, 0, 0, 77,
        ]
        let attribute = attributes.withBytes { [UInt8]($0) }
        let ids = [104, 8].flatMap(bytes)
        return Data(header.flatMap(bytes) + attribute + ids + records)
    }

    private func bytes(_ word: Int) -> [UInt8] { withUnsafeBytes(of: word.littleEndian) { [UInt8]($0) } }

    private func record(_ kind: Int, _ body: [UInt8]) -> [UInt8] { bytes(kind | (8 + body.count) << 48) + body }

    @Test("takes the kernel's records, with their places, and skips perf's own, of whatever size")
    func records() throws {
        var attributes = EventAttributes(event: .raw(0x1c4))
        attributes.samplePeriod = 1234
        let data = record(68, []) + record(2, bytes(77) + bytes(5)) + record(79, [1, 2, 3])
        let read = try PerfFile(file(data, attributes: attributes))
        #expect(read.events.map(\.attributes) == [attributes] && read.events.map(\.ids) == [[77]])
        let start = 112 + MemoryLayout<perf_event_attr>.size + 16
        #expect(read.records.map(\.offset) == [start + 8])
        #expect(read.records.map { $0.words.dropFirst() } == [[77, 5]])
        #expect(
            try RecordLines.read(read).lines.dump == [
                "0x\(String(start + 8, radix: 16)) [0x18]: PERF_RECORD_LOST: id:77: lost:5"
            ])
    }

    @Test("refuses what is no such file, what is compressed, and what has data that no size counts")
    func refusals() {
        #expect(throws: PerfFileError.notAFile) { try PerfFile(Data()) }
        #expect(throws: PerfFileError.notAFile) { try PerfFile(Data(repeating: 65, count: 200)) }
        #expect(throws: PerfFileError.compressed) { try PerfFile(file(record(81, [1, 2, 3]))) }
        #expect(throws: PerfFileError.auxiliaryTrace) { try PerfFile(file(record(71, bytes(9)))) }
    }

    @Test("refuses a file that is cut short, and a record of a size that cannot be")
    func malformed() {
        let whole = file(record(2, bytes(77) + bytes(5)))
        for length in 1..<whole.count { #expect(throws: PerfFileError.self) { try PerfFile(whole.prefix(length)) } }
        for bad in [bytes(2), bytes(2 | 16 << 48), record(2, [1, 2, 3])] {
            #expect(throws: PerfFileError.self) { try PerfFile(file(bad)) }
        }
    }
}
