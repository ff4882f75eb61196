import Diagnosis
import Glibc
import Reporting
import Synchronization

/// How far a measurement is, as one line on the terminal behind standard error: the question, the share done, the time
/// that has passed and that is left. It is gone at the end, and never there where standard error is no terminal.
///
/// A thread of its own writes it anew each second, so that it goes on while a long run is on its way.
final class Progress: Sendable {
    private struct State {
        var now = DiagnosisProgress(probe: "", runsDone: 0, runsPlanned: 0)
        /// What is counted: "run", "workload", "experiment".
        var unit = "run"
        var stepBegan: Double
        var line = ""
        var isOver = false
        var hasAnnounced = false
    }

    private let isShown = Terminal.canShowProgress
    private let began = Progress.seconds()
    private let state = Mutex(State(stepBegan: Progress.seconds()))

    /// Longer runs are announced, terminal or not: in seconds.
    private static let longRun: Double = 60

    init() {
        guard isShown else { return }
        // Without a thread the line stands still within a run, and nothing else is missing.
        try? WorkerThreads.detach { [weak self] in
            while let self, self.beat() { usleep(Progress.microsecondsBetweenBeats) }
        }
    }

    private static let microsecondsBetweenBeats: UInt32 = 500_000

    /// - Parameter progress: before each run.
    func show(_ progress: DiagnosisProgress) {
        announceLongRuns(progress)
        guard isShown else { return }
        state.withLock { state in
            state.now = progress
            state.stepBegan = Self.seconds()
            draw(&state)
        }
    }

    /// A step of work whose steps take about as long as each other.
    func show(_ name: String, _ unit: String, number: Int, of all: Int) {
        guard isShown else { return }
        state.withLock { state in
            state.unit = unit
            state.now = DiagnosisProgress(probe: name, runsDone: number - 1, runsPlanned: all)
            state.stepBegan = Self.seconds()
            draw(&state)
        }
    }

    /// For good.
    func erase() {
        guard isShown else { return }
        state.withLock { state in
            guard !state.isOver else { return }
            state.isOver = true
            replace(&state, with: "")
        }
    }

    private func announceLongRuns(_ progress: DiagnosisProgress) {
        guard progress.longestRun > Self.longRun else { return }
        let isFirst = state.withLock { state in
            defer { state.hasAnnounced = true }
            return !state.hasAnnounced
        }
        guard isFirst else { return }
        StandardStreams.complain(
            "the longest run takes about \(Figures.duration(progress.longestRun)), all \(progress.runsPlanned) runs about "
                + "\(Figures.duration(progress.secondsPlanned)); Ctrl-C ends it and reports what is known")
    }

    /// False once there is nothing more to write.
    private func beat() -> Bool {
        state.withLock { state in
            guard !state.isOver else { return false }
            draw(&state)
            return true
        }
    }

    private func draw(_ state: inout State) {
        guard !state.isOver, !state.now.probe.isEmpty else { return }
        let now = Self.seconds()
        let text = Self.text(
            state.now, unit: state.unit, secondsPassed: now - began, secondsInStep: now - state.stepBegan)
        // One column is left free: a terminal goes on to the next line when the last one is filled.
        replace(&state, with: String(text.prefix(Terminal.errorColumns - 1)))
    }

    /// "runs with PMIs · 43 % · run 12 of 240 · 0:03, about 0:04 left".
    static func text(
        _ progress: DiagnosisProgress, unit: String = "run", secondsPassed: Double, secondsInStep: Double
    ) -> String {
        var now = progress
        now.secondsDone += min(max(0, secondsInStep), now.secondsOfRun)
        var parts = [printable(now.probe)]
        if now.runsPlanned > 0 {
            parts.append("\(Int(now.share * 100)) %")
            parts.append("\(unit) \(min(now.runsDone + 1, now.runsPlanned)) of \(now.runsPlanned)")
        }
        var time = clock(secondsPassed)
        // The first moments tell little of the rest.
        if now.share >= 0.02, secondsPassed >= 1 {
            time += ", about \(clock(secondsPassed * (1 - now.share) / now.share)) left"
        }
        return (parts + [time]).joined(separator: " · ")
    }

    /// "0:07", "12:05", "1:02:03".
    private static func clock(_ seconds: Double) -> String {
        let whole = Int(min(max(0, seconds), 1e9))
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }

    private func replace(_ state: inout State, with text: String) {
        guard text != state.line else { return }
        state.line = text
        try? OutputDestination.standardError.write(Array((Terminal.clearLine + text).utf8))
    }

    private static func seconds() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }
}
