import ArgumentParser
import Reporting
import Workloads

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check the known branch counts by single-stepping every workload.",
        discussion: """
            Runs every workload one instruction at a time in a traced child, counts its branches and instructions, and \
            compares the sums with the formulas that a diagnosis relies on. The position that truecount reads from the \
            registers is checked at every instruction, too. No performance counter is used.

            Examples:
              truecount verify
              truecount verify --format json --output verification.json
              truecount verify | grep DIFFERS

            Exit codes:
              0   all formulas hold
              1   some do not: do not trust this build of truecount on this machine
              3   interrupted
              4   child processes cannot be traced here
              64  wrong usage
              74  the result could not be written
            """)

    @OptionGroup var output: OutputOptions

    func run() throws {
        let destination = try output.destination()
        Interruption.watch()
        let report = try verifyAll()
        try output.write(report, to: destination) { report.text(style: $0) }
        throw report.agrees ? ExitStatus.success : report.interrupted == true ? .inconclusive : .faulty
    }

    private func verifyAll() throws(Failure) -> VerificationReport {
        var rows: [VerificationRow] = []
        let progress = Progress()
        defer { progress.erase() }
        for (index, workload) in Workload.all.enumerated() {
            progress.show(workload.name, "workload", number: index + 1, of: Workload.all.count)
            for iterations in workload.verificationIterations {
                if Interruption.isRequested { return VerificationReport(rows: rows, interrupted: true) }
                do throws(TraceError) {
                    rows += try workload.verify(iterations: iterations)
                } catch {
                    // What was interrupted may have failed in any way.
                    if Interruption.isRequested { return VerificationReport(rows: rows, interrupted: true) }
                    throw Failure(status: .unsupported, message: error.description)
                }
            }
        }
        return VerificationReport(rows: rows, interrupted: false)
    }
}
