import Foundation
import Testing

/// A history of kernels and boot arguments, the good end first, as `recipes/bisect/bisect-kernels` takes it.
struct Bisection: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let history: [String]
    /// The line that is to be named; nil where none can be.
    let firstBad: String?
    /// What is said where none can be.
    var complaint = ""

    static let all = [
        Bisection(
            testDescription: "of four kernels with the same boot arguments, the one whose handler freezes",
            history: ["newest", "6.12", "6.1", "5.10"].map { "\($0) perf_v4_pmi=1" }, firstBad: "5.10 perf_v4_pmi=1"),
        Bisection(
            testDescription: "of nine steps, the one that adds perf_v4_pmi=1; a kernel that does not boot is skipped",
            history: [
                "6.12", "6.1", "5.10", "5.10 audit=0", "5.10 audit=0 rdinit=/none", "5.10 audit=0 nohz=off",
                "5.10 audit=0 nohz=off perf_v4_pmi=1", "5.10 audit=0 perf_v4_pmi=1", "5.10 perf_v4_pmi=1",
            ],
            firstBad: "5.10 audit=0 nohz=off perf_v4_pmi=1"),
        Bisection(
            testDescription: "none, where the one before the first bad one does not boot",
            history: ["6.1", "5.10 rdinit=/none", "5.10 perf_v4_pmi=1"], firstBad: nil,
            complaint: "the first bad one is among those that gave no answer"),
        Bisection(
            testDescription: "none, where the end that should be bad is not",
            history: ["6.12", "6.1"], firstBad: nil, complaint: "'6.1' answers 0, not 1"),
    ]

    /// On each change one that finds the kernel and one that cannot.
    static let chosen = LabSettings.current.isWhole ? all : [all[1], all[3]]
}

/// The recipe that `truecount recipe bisect` prints, with guests of this lab: silicon that freezes at the overflow if the
/// kernel asks for it, which only 5.10 does, and only with `perf_v4_pmi=1`.
@Suite(
    "The recipe for bisecting names the right kernel by itself", .serialized,
    .enabled(if: LabSettings.current.isOn, LabSettings.howToAsk),
    .enabled(if: LabSettings.current.rowPattern == nil, "TRUECOUNT_LAB_ROWS asks for rows only"))
struct BisectTests {
    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    @Test("The first bad one is named", NeedsGuestLab(), arguments: Bisection.chosen)
    func named(bisection: Bisection) async throws {
        let payload = try await skippingWhereUnable { try await GuestLab.shared.preparedPayload(for: .amd64) }
        let list = FileManager.default.temporaryDirectory.appendingPathComponent("history-\(UUID().uuidString)")
        try (bisection.history.joined(separator: "\n") + "\n").write(to: list, atomically: false, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: list) }
        let run = try await runSubprocess(
            URL(fileURLWithPath: "/usr/bin/env"),
            [
                "RUN_GUEST=\(Self.package)/Tests/GuestLab/Lab/run-guest --pmu freeze=overflow,skidunit=cond",
                "TRUECOUNT=\(payload.path)/truecount",
                "\(Self.package)/recipes/bisect/bisect-kernels", list.path,
            ])
        print(run.output)
        fflush(nil)
        guard let firstBad = bisection.firstBad else {
            #expect(run.status == 1)
            #expect(run.errors.contains(bisection.complaint), "\(run.errors)")
            return #expect(!run.output.contains("first bad: "))
        }
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.split(separator: "\n").last == "first bad: \(firstBad)")
    }
}
