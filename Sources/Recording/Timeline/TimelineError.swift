import Measurement
import SystemPackage

/// Why a timeline cannot be written, read, or replayed here. Its description is one line.
public enum TimelineError: Error, Sendable, Hashable, CustomStringConvertible {
    case cannotWrite(String, Errno)
    case cannotRead(String, Errno)
    /// It does not begin as a timeline does.
    case notATimeline(String)
    /// A later truecount wrote it.
    case newerVersion(String, UInt16)
    /// Its end is missing.
    case truncated(String)
    /// A part is not what was written.
    case damaged(String, part: String)
    /// It was recorded on another architecture, where the same program has other machine code.
    case otherArchitecture(file: String, here: String)
    /// It is of a program that this truecount does not have.
    case otherProgram(String)
    /// It is of another seed than was asked for.
    case otherSeed(file: UInt64, wanted: UInt64)
    /// It counts something else than was asked for.
    case otherCounting(file: BranchCounting, wanted: BranchCounting)
    /// Its events are not those of the program that its header names.
    case otherEvents(event: UInt64)

    public var description: String {
        switch self {
        case .cannotWrite(let path, let errno): "cannot write \(path): \(errno)"
        case .cannotRead(let path, let errno): "cannot read \(path): \(errno)"
        case .notATimeline(let path): "\(path) is no timeline of truecount's"
        case .newerVersion(let path, let version):
            "\(path) has version \(version) of the timeline's format, and this truecount reads \(TimelineFormat.version); use the one that wrote it, or a later one"
        case .truncated(let path): "\(path) is cut off: its end is missing; copy it again, or record again"
        case .damaged(let path, let part):
            "\(path) is damaged: \(part) is not what was written; copy it again, or record again"
        case .otherArchitecture(let file, let here):
            "the timeline was recorded on \(file), and this is \(here): the same program has other machine code there"
        case .otherProgram(let name):
            "the timeline is of the program \(name), and this truecount has \(RecordedProgram.name) only"
        case .otherSeed(let file, let wanted): "the timeline is of seed \(file), and \(wanted) was asked for"
        case .otherCounting(let file, let wanted):
            "the timeline counts \(file.rawValue), and here \(wanted.rawValue) would be counted"
        case .otherEvents(let event):
            "event \(event) of the timeline is none that its seed leads to: its header and its events do not belong together"
        }
    }
}
