import Diagnosis
import Reporting

/// From options to a result: finds the counter source and the CPU, and runs the diagnosis on them.
struct Diagnose {
    struct Options {
        var pmu: SourceOption
        var event: String?
        var cpu: Int?
        var periods: [UInt64]
        var runs: Int?
        var effort: EffortOption
        var seed: UInt64
    }

    struct Outcome {
        var result: DiagnosisResult
        var scope: Scope
        var environment: [String: String]
    }

    enum EffortOption {
        case quick, standard, thorough
    }

    var options: Options

    func run(isInterrupted: () -> Bool, progress: (DiagnosisProgress) -> Void) throws(Failure) -> Outcome {
        throw .software("this build has no diagnosis yet")
    }
}
