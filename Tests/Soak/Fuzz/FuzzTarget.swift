import FoundationEssentials
import Measurement
import PerfEvents
import Reporting

/// What reads bytes that others wrote. Whatever they are, it has to give an answer or an error; what it reads it has to write so
/// that it reads the same again.
enum FuzzTarget: String, CaseIterable {
    /// A ring of perf records, under attributes that come with it (``RecordInput``).
    case records
    case report
    case policy
    case timeline
    /// The name of an event.
    case event
    /// A list of CPUs, as the kernel writes it.
    case cpus

    func read(_ bytes: UnsafeRawBufferPointer) {
        switch self {
        case .records: RecordInput.read(bytes)
        case .report: Self.readReport([UInt8](bytes))
        case .policy: _ = try? GatePolicy(decoding: [UInt8](bytes))
        case .timeline: Self.readTimeline([UInt8](bytes))
        case .event: Self.readEvent(String(decoding: bytes, as: UTF8.self))
        case .cpus: Self.readCPUs(String(decoding: bytes, as: UTF8.self))
        }
    }

    private static func readReport(_ bytes: [UInt8]) {
        guard let report = try? ReportFile.decode(bytes, name: "input"), let written = try? ReportJSON.encode(report)
        else { return }
        let again = try? ReportFile.decode(written, name: "what was written")
        precondition(again.flatMap { try? ReportJSON.encode($0) } == written, "a report changes when it is written")
    }

    /// The digest keeps whatever is not whole from the decoder behind it, which is therefore asked as well.
    private static func readTimeline(_ bytes: [UInt8]) {
        _ = try? TimelineFile.decode(bytes, name: "input")
        guard let timeline = try? ReportJSON.decode(Timeline.self, from: bytes) else { return }
        let again = (try? ReportJSON.encode(timeline)).flatMap { try? ReportJSON.decode(Timeline.self, from: $0) }
        precondition(again == timeline, "a timeline changes when it is written")
    }

    private static let catalog = try? EventCatalog()

    private static func readEvent(_ name: String) {
        guard let event = try? catalog?.encode(name) else { return }
        precondition(event.name == name, "an event has another name than was asked for")
    }

    private static func readCPUs(_ text: String) {
        guard let list = CPUList(text) else { return }
        precondition(CPUList(list.description) == list, "a list of CPUs changes when it is written")
        precondition(list.isEmpty == (list.first == nil) && list.count >= list.ranges.count, "a list of CPUs miscounts")
    }
}
