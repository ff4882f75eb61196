import Foundation

extension RecordingLines {
    /// The kinds that truecount's decoder knows, as `perf script -D` names them.
    private static let kinds: Set<String> = [
        "SAMPLE", "LOST", "LOST_SAMPLES", "THROTTLE", "UNTHROTTLE", "SWITCH", "SWITCH_CPU_WIDE", "FORK", "EXIT",
    ]

    /// What perf said of a recording: the files NAME.dump, NAME.events and NAME.calls of `Agreement/recordings`.
    init(ofPerf name: String, in folder: URL) throws {
        func lines(_ suffix: String) throws -> [String] {
            let text = try String(contentsOf: folder.appendingPathComponent("\(name).\(suffix)"), encoding: .utf8)
            return text.split(separator: "\n").map { String($0).withSingleSpaces }
        }
        dump = Self.records(inDump: try lines("dump"))
        events = try lines("events").compactMap(Self.event).sorted()
        calls = try lines("calls").filter { !$0.isEmpty }.sorted()
    }

    /// The lines of records of these kinds, in the order of the file. perf prints them in the order of time, each with its
    /// offset, and below it the bytes, what it decoded, and what it made of that, the last of which is no record's field.
    private static func records(inDump lines: [String]) -> [String] {
        let first = #/^(?:\d+ ){0,2}0x(?<offset>[0-9a-f]+) \[0x[0-9a-f]+\]: PERF_RECORD_(?<kind>[A-Z_]+)/#
        var records: [(offset: Int, lines: [String])] = []
        var isInside = false
        for line in lines {
            if let match = line.firstMatch(of: first) {
                isInside = kinds.contains(String(match.kind))
                if isInside { records.append((Int(match.offset, radix: 16) ?? 0, [line.withoutColonAtEnd])) }
            } else if !line.hasPrefix(".") || line.hasPrefix("... thread:") {
                isInside = false
            } else if isInside {
                records[records.count - 1].lines.append(line.withoutOffsetOfStack)
            }
        }
        return records.sorted { $0.offset < $1.offset }.flatMap(\.lines)
    }

    /// "[TIME] NAME: { cpu_id = … }, { KEY = VALUE, … }" as "TIME NAME KEY=VALUE…" with the keys compared, or nil.
    private static func event(_ line: String) -> String? {
        guard let match = line.firstMatch(of: #/^\[0*(\d+)\] (.*): \{ cpu_id = \d+ \}, \{ (.*) \}$/#) else {
            return nil
        }
        let isTask = ["perf_fork", "perf_exit"].contains(String(match.2))
        let keys =
            isTask
            ? ["pid", "ppid", "tid", "ptid", "time"] : ["perf_ip", "perf_tid", "perf_pid", "perf_id", "perf_period"]
        if !isTask && !match.3.hasPrefix("perf_ip") { return nil }
        let pairs = match.3.split(separator: ", ").compactMap { pair -> String? in
            let sides = pair.components(separatedBy: " = ")
            guard sides.count == 2, keys.contains(sides[0]) else { return nil }
            let isHex = sides[1].hasPrefix("0x")
            return
                "\(sides[0])=\(UInt64(sides[1].dropFirst(isHex ? 2 : 0), radix: isHex ? 16 : 10).map(String.init) ?? sides[1])"
        }
        return ([String(match.1), isTask ? String(match.2) : "sample"] + pairs).joined(separator: " ")
    }
}

extension String {
    /// Columns are not compared.
    var withSingleSpaces: String { split(separator: " ").joined(separator: " ") }

    /// perf says ": unhandled!" of a kind that the command has no use for.
    fileprivate var withoutColonAtEnd: String { hasSuffix(": unhandled!") ? String(dropLast(12)) : self }

    /// Where perf keeps a user stack is no field of it.
    fileprivate var withoutOffsetOfStack: String {
        hasPrefix("... ustack:") ? replacing(#/, offset 0x[0-9a-f]+$/#, with: "") : self
    }
}
