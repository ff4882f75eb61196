import Testing

/// What a debugger that records and replays suffers on the kernels and PMUs of the table.
@Suite("A recorder in the guest lab", .enabled(if: LabSettings.current.isOn, LabSettings.howToAsk))
struct RecorderTests {
    @Test(
        "The six observations of 2018 are made with perf_v4_pmi=1, none with =0, and recordings carry to 6.12 as they should",
        NeedsGuestLab())
    func observations() async throws {
        let run = try await GuestLab.shared.run(script: "observations")
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        #expect(run.output.contains("6 of 6 observations") && run.output.contains("0 of 6 observations"))
    }

    /// The rows that decide; `Agreement/agreement` alone does all of them.
    @Test(
        "Debian's rr replays where truecount says accurate, and fails where it names a fault",
        NeedsGuestLab(),
        arguments: ["^5.10-v4pmi-off$", "^5.10-v4pmi-on$", "^6.12-surplus1$"])
    func agreement(row: String) async throws {
        let run = try await GuestLab.shared.run(script: "agreement", ["-n", "4", "-j", "1", row])
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        #expect(run.output.contains("| yes |"))
    }
}
