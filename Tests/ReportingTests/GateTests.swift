import Diagnosis
import Measurement
import Reporting
import Testing

@Suite("The gate")
struct GateTests {
    private static let table: [(baseline: DiagnosisResult, current: DiagnosisResult, outcome: GateDecision.Outcome)] = [
        (Fixtures.accurate, Fixtures.accurate, .passed), (Fixtures.accurate, Fixtures.faulty, .failed),
        (Fixtures.accurate, Fixtures.inconclusive, .failed), (Fixtures.accurate, Fixtures.unsupported, .failed),
        (Fixtures.faulty, Fixtures.accurate, .passed), (Fixtures.faulty, Fixtures.faulty, .passed),
        (Fixtures.faulty, Fixtures.inconclusive, .failed), (Fixtures.inconclusive, Fixtures.accurate, .passed),
        (Fixtures.inconclusive, Fixtures.faulty, .failed), (Fixtures.inconclusive, Fixtures.inconclusive, .undecided),
        (Fixtures.unsupported, Fixtures.unsupported, .undecided), (Fixtures.unsupported, Fixtures.faulty, .failed),
        (Fixtures.faulty, Fixtures.simulated, .undecided), (Fixtures.simulated, Fixtures.simulated, .passed),
    ]

    @Test("fails for a new fault and for an answer lost, and never passes without an answer", arguments: table.indices)
    func outcome(row: Int) {
        let (baseline, current, outcome) = Self.table[row]
        let decision = decide(baseline, current)
        #expect(decision.outcome == outcome)
        #expect(decision.text().hasPrefix("GATE \(outcome.rawValue.uppercased()) · \(decision.reasons[0])"))
    }

    @Test("fails for a fault that has grown")
    func larger() {
        var worse = Fixtures.faulty
        worse.findings[0].size = FaultSize(min: 98, median: 100, max: 102, mean: 100)
        let decision = decide(Fixtures.faulty, worse)
        #expect(decision.outcome == .failed)
        #expect(decision.reasons.first?.hasPrefix("larger fault freeze-on-pmi: ") == true)
        #expect(decide(worse, Fixtures.faulty).outcome == .passed)
    }

    @Test(
        "lets an accepted fault through to its last day, and no further",
        arguments: [
            ("2027-03-30", 10, GateDecision.Outcome.passed), ("2027-03-31", 10, .passed), ("2027-04-01", 10, .failed),
            ("2027-03-31", 9, .failed),
        ])
    func policy(today: String, atMost: Int, outcome: GateDecision.Outcome) throws {
        let policy = try policy(
            #"{"accept": [{"fault": "freeze-on-pmi", "until": "2027-03-31", "because": "firmware", "atMost": \#(atMost)}]}"#
        )
        let decision = decide(Fixtures.accurate, Fixtures.faulty, policy, today: today)
        #expect(decision.outcome == outcome)
        #expect(decision.reasons[0].contains(outcome == .passed ? "firmware" : "accepted"))
        // Of another fault and of a lost answer it says nothing.
        var other = Fixtures.faulty
        other.findings[0].fault = .pmiDrop
        #expect(decide(Fixtures.accurate, other, policy, today: today).outcome == .failed)
        #expect(decide(Fixtures.accurate, Fixtures.unsupported, policy, today: today).outcome == .failed)
    }

    @Test(
        "refuses a policy that is not exactly one",
        arguments: [
            ("", "it is empty"), ("{", "truncated"), ("[]", "not JSON"), ("{}", "no list \"accept\""),
            (#"{"accept": {}}"#, "no list \"accept\""), (#"{"accept": [], "acept": 1}"#, "nothing called \"acept\""),
            (#"{"accept": [1]}"#, "no object"),
            (#"{"accept": [{"fault": "a", "until": "2027-03-31"}]}"#, "no \"because\""),
            (#"{"accept": [{"until": "2027-03-31", "because": "x"}]}"#, "no \"fault\""),
            (#"{"accept": [{"fault": "a", "because": "x"}]}"#, "no \"until\""),
            (#"{"accept": [{"fault": "a", "until": "soon", "because": "x"}]}"#, "no day"),
            (#"{"accept": [{"fault": "a", "until": "2027-13-01", "because": "x"}]}"#, "no day"),
            (#"{"accept": [{"fault": "a", "until": "2027-3-1", "because": "x"}]}"#, "no day"),
            (#"{"accept": [{"fault": "a", "until": "2027-03-31", "because": "x", "atMost": -1}]}"#, "no number"),
            (#"{"accept": [{"fault": "a", "until": "2027-03-31", "because": "x", "atmost": 1}]}"#, "nothing called"),
        ])
    func badPolicy(text: String, message: String) {
        let error = #expect(throws: GatePolicyError.self) { try policy(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    private func policy(_ text: String) throws(GatePolicyError) -> GatePolicy {
        try GatePolicy(decoding: Array(text.utf8))
    }

    private func decide(
        _ baseline: DiagnosisResult, _ current: DiagnosisResult, _ policy: GatePolicy = .none,
        today: String = "2027-01-01"
    ) -> GateDecision {
        GateDecision(
            baseline: ReportDigest(Fixtures.report(baseline), name: "baseline"),
            current: ReportDigest(Fixtures.report(current), name: "current"), policy: policy, today: today)
    }
}
