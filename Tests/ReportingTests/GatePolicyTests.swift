import Diagnosis
import Testing

@testable import Reporting

@Suite("The gate's policy")
struct GatePolicyTests {
    static func policy(
        fault: String = "freeze-on-pmi", until: String = "2027-03-31", atMost: Int
    ) throws(GatePolicyError) -> GatePolicy {
        try policy(
            #"{"accept": [{"fault": "\#(fault)", "until": "\#(until)", "atMost": \#(atMost), "because": "firmware"}]}"#)
    }

    private static func policy(_ text: String) throws(GatePolicyError) -> GatePolicy {
        try GatePolicy(decoding: Array(text.utf8))
    }

    private func decide(_ current: Report, _ policy: GatePolicy, today: String = "2027-03-01") throws -> GateDecision {
        GateDecision(
            baseline: try GateReport(baseline: try LabReports.read(LabReports.healthy), name: "baseline"),
            current: try GateReport(kept: current, name: "current"), policy: policy, today: today)
    }

    @Test(
        "lets a fault pass to the last day of its entry and up to its size, and no further",
        arguments: [
            ("2027-03-30", 10, true, "accepted until 2027-03-31 (firmware): new fault freeze-on-pmi: 10 branches"),
            ("2027-03-31", 10, true, "accepted until 2027-03-31 (firmware): new fault"),
            ("2027-04-01", 10, false, "; the policy accepted it until 2027-03-31, which is past"),
            ("2027-03-31", 9, false, "; the policy accepts it up to 9, and it is 10"),
        ])
    func limits(today: String, atMost: Int, passes: Bool, words: String) throws {
        let policy = try Self.policy(atMost: atMost)
        let decision = try decide(try LabReports.read(LabReports.freezing), policy, today: today)
        #expect(decision.outcome == (passes ? .passed : .failed))
        #expect(decision.reasons.count == 1 && decision.reasons[0].contains(words), "\(decision.reasons)")
    }

    @Test("says nothing of another fault, and nothing of a verdict that is missing")
    func otherFault() throws {
        let policy = try Self.policy(atMost: 1_000)
        #expect(try decide(try LabReports.read("6.12.95-drop13"), policy).outcome == .failed)
        #expect(try decide(try LabReports.read(LabReports.withoutPMU), policy).outcome == .failed)
    }

    @Test("has several entries for a fault: any that holds is enough, in any order")
    func severalEntries() throws {
        let entries = [("2020-01-01", 100), ("2027-03-31", 9), ("2027-03-31", 10)].map {
            #"{"fault": "freeze-on-pmi", "until": "\#($0)", "atMost": \#($1), "because": "known"}"#
        }
        for order in [entries, entries.reversed()] {
            let policy = try Self.policy(#"{"accept": [\#(order.joined(separator: ", "))]}"#)
            #expect(try decide(try LabReports.read(LabReports.freezing), policy).outcome == .passed)
        }
        let none = try Self.policy(#"{"accept": [\#(entries.prefix(2).joined(separator: ", "))]}"#)
        #expect(try decide(try LabReports.read(LabReports.freezing), none).outcome == .failed)
    }

    @Test(
        "is refused where it is not exactly one, with the line",
        arguments: [
            ("", "it is empty"), ("{", "truncated"), ("[]", "not JSON"), ("{\"accept\": [tru]}", "not JSON"),
            ("{}", "line 1: a policy is { \"accept\": [ ... ] }"),
            ("{\"accept\": {}}", "has no list \"accept\""), ("{\"accept\": [1]}", "something that is not {"),
            ("{\n  \"accept\": [],\n  \"acept\": 1\n}", "line 3: there is no \"acept\" here, only accept"),
            ("{\"accept\": [],\n \"accept\": []}", "line 2: \"accept\" stands twice"),
            (entry("\"fault\": \"pmi-dorp\","), "line 3: there is no fault \"pmi-dorp\"; did you mean pmi-drop?"),
            (entry("\"fault\": 7,"), "line 3: an entry has no \"fault\""),
            (entry(""), "line 3: an entry has no \"fault\""),
            (
                "{\n\"accept\": [\n\(entry(lines: "\"fault\": \"pmi-drop\",")),\n\(entry(lines: "\"fault\": \"x\","))]}",
                "line 4: there is no fault \"x\""
            ),
            (entry("\"fault\": \"late-pmi\",\n\"fault\": \"pmi-drop\","), "line 4: \"fault\" stands twice"),
            (entry("\"fault\": \"pmi-drop\",\n\n\"atmost\": 1,"), "line 5: there is no \"atmost\" here"),
            (entry("\"fault\": \"pmi-drop\",", until: "soon"), "line 3: \"until\": \"soon\" is no day"),
            (entry("\"fault\": \"pmi-drop\",", until: "2027-02-31"), "\"2027-02-31\" is no day of the calendar"),
            (entry("\"fault\": \"pmi-drop\",", until: "2027-02-29"), "is no day"),
            (entry("\"fault\": \"pmi-drop\",", until: "2100-02-29"), "is no day"),
            (entry("\"fault\": \"pmi-drop\",", until: "2027-13-01"), "is no day"),
            (entry("\"fault\": \"pmi-drop\",", until: "2027-3-1"), "is no day"),
            (entry("\"fault\": \"pmi-drop\",", atMost: "-1"), "line 3: \"atMost\" is missing or no number from 1 on"),
            (entry("\"fault\": \"pmi-drop\",", atMost: "0"), "\"atMost\" is missing or no number"),
            (entry("\"fault\": \"pmi-drop\",", atMost: "1.5"), "\"atMost\" is missing or no number"),
            (entry("\"fault\": \"pmi-drop\",", atMost: "null"), "\"atMost\" is missing or no number"),
            (entry("\"fault\": \"pmi-drop\",", because: " "), "line 3: an entry has no \"because\""),
            (
                "{\"accept\": [{\"fault\": \"pmi-drop\", \"until\": \"2027-01-01\", \"because\": \"x\"}]}",
                "line 1: \"atMost\" is missing"
            ),
        ])
    func mistakes(text: String, message: String) {
        let error = #expect(throws: GatePolicyError.self) { try Self.policy(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "accepted")")
    }

    @Test("may be written in any way that JSON has")
    func spelling() throws {
        let text =
            "\u{20}\n{ \"accept\"\n:[{\"because\":\"a \\\"quoted\\\" \\u00fc, {\",\"atMost\":18446744073709551615\n,"
            + "\"until\":\"2028-02-29\",\"\\u0066ault\":\"lost-pmi\"}\n,\n"
            + "{\"fault\":\"unexplained\",\"until\":\"2000-02-29\",\"atMost\":1,\"because\":\"b\"}]}\n"
        let policy = try Self.policy(text)
        #expect(policy.accept.map(\.fault) == [.lostPMI, .unexplained])
        #expect(policy.accept.map(\.atMost) == [.max, 1])
        #expect(policy.accept[0].because == "a \"quoted\" ü, {")
        #expect(try Self.policy(#"{"accept": []}"#) == .none)
    }

    /// A policy whose only entry begins in line 3.
    private static func entry(
        _ first: String, until: String = "2027-03-31", atMost: String = "10", because: String = "x"
    ) -> String {
        "{\n\"accept\": [\n\(entry(lines: first, until: until, atMost: atMost, because: because))\n]}"
    }

    private static func entry(
        lines first: String, until: String = "2027-03-31", atMost: String = "10", because: String = "x"
    ) -> String {
        "{\(first) \"until\": \"\(until)\", \"atMost\": \(atMost), \"because\": \"\(because)\"}"
    }
}
