import ArgumentParser
import Workloads

/// Has CPerf run `truecount workload NAME COUNT` before `main`, where that is well formed.
@_cdecl("cperf_runs_workloads")
public func runsWorkloads() {}

/// The command's documentation, and what is said where it is not well formed.
struct WorkloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workload",
        abstract: "Run one workload and nothing else, for perf to count.",
        discussion: """
            Runs the machine code of a workload COUNT times and exits. Nothing is measured and nothing is printed: this \
            is the program for another counter, such as perf's, to count. Its start adds some branches, the same number \
            each time in the same environment. The two commands below differ in the sampler's period alone: the first \
            takes no PMI. On a healthy PMU both print the same count.

            One iteration of tight-loop is one branch. 'truecount list workloads' says what the others do.

            Examples:
              truecount workload tight-loop 10000000
              perf record -o /dev/null -e r1c4:u -c 1000000000000 -- \\
                perf stat -e r1c4:u -- truecount workload tight-loop 10000000
              perf record -o /dev/null -e r1c4:u -c 10007 -- \\
                perf stat -e r1c4:u -- truecount workload tight-loop 10000000
            r1c4 is the event of an Intel CPU. A report has the commands for its own CPU.

            Exit codes:
              0   the workload has run
              4   there is no memory for it
              64  wrong usage
            """)

    @Argument(help: "The workload (truecount list workloads).", completion: .list(Workload.all.map(\.name)))
    var name: String

    @Argument(help: "Iterations, 1 to 2^56.")
    var count: UInt64

    func validate() throws {
        guard Workload.named(name) != nil else {
            let names = Workload.all.map(\.name).joined(separator: ", ")
            throw ValidationError("there is no workload '\(name)'; there are: \(names)")
        }
        guard (1...Workload.maximumIterations).contains(count) else {
            throw ValidationError("the count \(count) is not between 1 and \(Workload.maximumIterations)")
        }
    }

    func run() throws {
        guard let workload = Workload.named(name) else { return }
        do throws(TraceError) {
            let window = try WorkloadWindow()
            workload.run(window: window.pointer, iterations: count)
        } catch {
            throw Failure(status: .unsupported, message: error.description)
        }
    }
}
