import Measurement

/// A recording, and the run of the same program without PMIs that is its replay.
public struct RecordedPair: Sendable {
    public let recording: RunRecord
    public let replay: RunRecord

    /// The first event at which the two have different counts.
    public struct Divergence: Sendable, Hashable {
        public var recorded: TimelineRow
        public var replayed: TimelineRow

        /// Replayed minus recorded: what the recording lacks, where positive.
        public var counts: Int64 { Int64(bitPattern: replayed.counted &- recorded.counted) }
    }

    public var divergence: Divergence? {
        zip(recording.timeline ?? [], replay.timeline ?? []).first { $0.counted != $1.counted }
            .map { Divergence(recorded: $0, replayed: $1) }
    }

    /// Each undisturbed recording with the first such replay of its program on its CPU, in the order of the runs.
    public static func all(in runs: [RunRecord]) -> [RecordedPair] {
        let made = runs.filter { $0.condition?.kind == .recorder && !$0.isDisturbed }
        return made.filter { $0.arm == .samplerTotal }.compactMap { recording in
            made.first {
                $0.arm == .countingAlone && $0.condition == recording.condition && $0.cpu == recording.cpu
            }
            .map { RecordedPair(recording: recording, replay: $0) }
        }
    }
}
