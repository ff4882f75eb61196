import CPerf
import Glibc
import Reporting

/// Ctrl-C and its like: the first one ends the run in hand and then the measurement, the second one the program.
enum Interruption {
    /// Without the thread that it needs, signals keep their usual effect, which is to end the program at once.
    static func watch() {
        _ = cperf_watch_for_interruption { signal in
            // The second signal is not seen before this returns, so it must not wait for a reader.
            guard StandardStreams.canComplainAtOnce else { return }
            StandardStreams.complain(
                "\(Interruption.name(of: signal)): ending the run in hand, then reporting what is known; a second signal ends truecount at once"
            )
        }
    }

    static var isRequested: Bool { cperf_interruption() != 0 }

    private static func name(of signal: CInt) -> String {
        switch signal {
        case SIGINT: "interrupted (SIGINT)"
        case SIGTERM: "interrupted (SIGTERM)"
        default: "interrupted (SIGHUP)"
        }
    }
}
