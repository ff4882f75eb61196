import Foundation
import Measurement
import Testing

@testable import Diagnosis

@Suite("A fault that truecount induced")
struct InducedFaultTests {
    private func induced(restored: Bool) throws -> InducedFault {
        let text = """
            {"fault": "freeze-on-pmi", "cpu": 0, "register": "IA32_DEBUGCTL (0x1d9)", "before": 0, "during": 4096,
             "restored": \(restored)}
            """
        return try JSONDecoder().decode(InducedFault.self, from: Data(text.utf8))
    }

    @Test(
        "Counters that lost nothing are accurate only if the bit was surely set to the end",
        arguments: [(true, .accurate), (false, .inconclusive)] as [(Bool, Verdict)])
    func nothingLost(restored: Bool, verdict: Verdict) throws {
        var result = DiagnosisResult(
            source: .hardware, verdict: .accurate, reasons: [], findings: [], probes: [], runs: [])
        result.markInduced(try induced(restored: restored))
        #expect(result.verdict == verdict && result.reasons.count == 1)
        #expect(result.induced?.restored == restored)
    }

    @Test("No other verdict changes", arguments: [Verdict.faulty, .inconclusive, .unsupported])
    func others(verdict: Verdict) throws {
        var result = DiagnosisResult(
            source: .hardware, verdict: verdict, reasons: ["one"], findings: [], probes: [], runs: [])
        result.markInduced(try induced(restored: false))
        #expect(result.verdict == verdict && result.reasons == ["one"])
    }
}
