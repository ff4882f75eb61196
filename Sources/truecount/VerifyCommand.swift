import ArgumentParser
import Reporting
import Workloads

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check by single steps that every workload retires what its closed form says.",
        discussion: """
            Every workload is executed one instruction at a time in a traced child. Each retired instruction is classified, \
            and the sums are compared with the closed forms that a diagnosis relies on; so is the position that is read \
            from the registers, at every single instruction. No performance counter takes part.

            Examples:
              truecount verify
              truecount verify --format json --output verification.json
              truecount verify | grep DIFFERS

            Exit codes:
              0   all closed forms hold
              1   some do not: believe no diagnosis of this build on this machine
              3   interrupted before the end
              4   child processes cannot be traced here
              64  a mistake in the command line
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
        for workload in Workload.all {
            for iterations in workload.verificationIterations {
                if Interruption.isRequested { return VerificationReport(rows: rows, interrupted: true) }
                do throws(TraceError) {
                    rows += try workload.verify(iterations: iterations)
                } catch {
                    throw Failure(status: .unsupported, message: error.description)
                }
            }
        }
        return VerificationReport(rows: rows, interrupted: false)
    }
}
