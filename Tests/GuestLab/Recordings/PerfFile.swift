import CPerf
import Foundation
import PerfEvents

/// Why a file is not read.
enum PerfFileError: Error, Equatable, CustomStringConvertible {
    case notAFile
    case malformed(String)
    /// `PERF_RECORD_COMPRESSED` and its successor: what perf made of the kernel's records by `perf record -z`.
    case compressed
    /// `PERF_RECORD_AUXTRACE`: data follow the record that its size does not count.
    case auxiliaryTrace

    var description: String {
        switch self {
        case .notAFile: "this is no file of perf record, or one that it wrote to a pipe"
        case .malformed(let reason): "this file of perf record is malformed: \(reason)"
        case .compressed: "this file has compressed records (perf record -z), which are perf's own and not the kernel's"
        case .auxiliaryTrace: "this file has an auxiliary trace (PERF_RECORD_AUXTRACE)"
        }
    }
}

/// What `perf record -o FILE` wrote: events, and the kernel's records as they lay in the rings.
///
/// tools/perf/Documentation/perf.data-file-format.txt: `struct perf_header`, the attributes section, the data section.
/// Sections of features (who recorded, where, how) are not read.
struct PerfFile {
    /// One event: how it was opened, and the kernel's ids of it.
    struct RecordedEvent {
        let attributes: EventAttributes
        let ids: [UInt64]
    }

    /// A record of a kind that the kernel has, as bytes, and where it lies in the file.
    struct StoredRecord {
        let offset: Int
        let words: [UInt64]

        var kind: UInt32 { UInt32(truncatingIfNeeded: words[0]) }
        var size: Int { words.count * 8 }
    }

    let events: [RecordedEvent]
    let records: [StoredRecord]

    /// From here on, kinds are perf's own: `PERF_RECORD_USER_TYPE_START`, tools/lib/perf/include/perf/event.h.
    private static let firstKindOfPerf: UInt32 = 64
    private static let magic: UInt64 = 0x3245_4c49_4652_4550  // PERFILE2

    /// - Throws: `PerfFileError`.
    init(_ data: Data) throws {
        let file = FileBytes(data)
        // { magic; size; attr_size; attrs, data, event_types: { offset, size }; flags[4] }
        guard let magic = file.word(at: 0), magic == Self.magic, let headerSize = file.word(at: 8), headerSize >= 104
        else { throw PerfFileError.notAFile }
        events = try Self.events(file, in: file.section(at: 24), each: Int(file.number(at: 16)))
        records = try Self.records(file, in: file.section(at: 40))
    }

    /// { struct perf_event_attr; ids: { offset, size } }[], with the structure as long as it was where the file was made.
    private static func events(_ file: FileBytes, in section: Range<Int>, each size: Int) throws -> [RecordedEvent] {
        guard size > 16, section.count % size == 0, !section.isEmpty else {
            throw PerfFileError.malformed("attributes of \(size) bytes in \(section.count)")
        }
        return try stride(from: section.lowerBound, to: section.upperBound, by: size).map { offset in
            var raw = perf_event_attr()
            let known = min(size - 16, MemoryLayout<perf_event_attr>.size)
            withUnsafeMutableBytes(of: &raw) { $0.copyBytes(from: file.bytes[offset..<(offset + known)]) }
            let ids = try file.section(at: offset + size - 16)
            return RecordedEvent(attributes: EventAttributes(raw: raw), ids: try file.words(in: ids))
        }
    }

    private static func records(_ file: FileBytes, in section: Range<Int>) throws -> [StoredRecord] {
        var records: [StoredRecord] = []
        var offset = section.lowerBound
        while offset < section.upperBound {
            // struct perf_event_header { u32 type; u16 misc; u16 size }, include/uapi/linux/perf_event.h
            let header = try file.number(at: offset)
            let size = Int(header >> 48)
            guard size >= 8, size <= section.upperBound - offset else {
                throw PerfFileError.malformed("a record of \(size) bytes at \(offset)")
            }
            switch UInt32(truncatingIfNeeded: header) {
            case 81, 83: throw PerfFileError.compressed
            case 71: throw PerfFileError.auxiliaryTrace
            case ..<firstKindOfPerf:
                guard size % 8 == 0 else { throw PerfFileError.malformed("a record of \(size) bytes at \(offset)") }
                records.append(StoredRecord(offset: offset, words: try file.words(in: offset..<(offset + size))))
            default: break
            }
            offset += size
        }
        return records
    }
}

/// The file's bytes, little-endian as both of our architectures are.
private struct FileBytes {
    let bytes: [UInt8]

    init(_ data: Data) { bytes = [UInt8](data) }

    func word(at offset: Int) -> UInt64? {
        guard offset >= 0, offset <= bytes.count - 8 else { return nil }
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
    }

    func number(at offset: Int) throws -> UInt64 {
        guard let word = word(at: offset) else { throw PerfFileError.malformed("it ends before \(offset)") }
        return word
    }

    func words(in range: Range<Int>) throws -> [UInt64] {
        try stride(from: range.lowerBound, to: range.upperBound, by: 8).map { try number(at: $0) }
    }

    /// struct perf_file_section { u64 offset; u64 size }
    func section(at offset: Int) throws -> Range<Int> {
        let start = try number(at: offset)
        let size = try number(at: offset + 8)
        guard start <= UInt64(bytes.count), size <= UInt64(bytes.count) - start else {
            throw PerfFileError.malformed("a section of \(size) bytes at \(start) in \(bytes.count)")
        }
        return Int(start)..<Int(start + size)
    }
}
