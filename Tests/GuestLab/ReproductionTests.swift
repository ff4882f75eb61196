import Testing

/// What a maintainer sees who believes no tool but perf, by the commands that a bug report gives him.
@Suite("perf in the guest lab", .enabled(if: LabSettings.current.isOn, LabSettings.howToAsk))
struct ReproductionTests {
    @Test(
        "By the commands of a report, Debian's perf misses what truecount said, to the last count that the PMU lost, and counts the same on a healthy PMU",
        NeedsGuestLab(),
        arguments: [("^5.10-v4pmi-on$", 10), ("^5.10-v4pmi-off$", 0)])
    func reproduction(row: String, loss: Int) async throws {
        let run = try await GuestLab.shared.run(script: "reproduction", [row])
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        #expect(run.output.contains(": agrees"))
        #expect(run.output.contains("PMIs, \(loss) at each"), "\(run.output)")
    }
}
