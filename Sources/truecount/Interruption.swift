import CPerf

/// Ctrl-C: the first one ends the measurement after the run in hand, the second one ends the program.
enum Interruption {
    /// Without the thread that it needs, signals keep their usual effect, which is to end the program at once.
    static func watch() {
        _ = cperf_watch_for_interruption()
    }

    static var isRequested: Bool { cperf_interruption() != 0 }
}
