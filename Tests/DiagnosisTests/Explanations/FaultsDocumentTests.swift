import PerfEvents
import Testing

@testable import Diagnosis

/// docs/faults.md promises an answer to every row of its catalogue.
@Suite("The page of faults")
struct FaultsDocumentTests {
    private struct Row {
        var number: Int
        var answer: String
    }

    private static let rowsOfCatalogue = 36

    private func page() throws -> String {
        let root = String(#filePath.split(separator: "/").dropLast(4).joined(separator: "/"))
        return try #require(SystemFiles(root: "/" + root).text("/docs/faults.md"))
    }

    private func rows() throws -> [Row] {
        try page().split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            guard cells.count == 5, let number = Int(cells[1].filter { $0 != " " }) else { return nil }
            return Row(number: number, answer: cells[3])
        }
    }

    @Test("Every row of the catalogue has one, in order")
    func everyRow() throws {
        #expect(try rows().map(\.number) == Array(1...Self.rowsOfCatalogue))
    }

    @Test("A row names a fault or disturbance that exists, or gives a reason")
    func answers() throws {
        let slugs = Set(FaultExplanation.all.map(\.slug))
        let reasons = [
            "does not concern", "not measured", "no miscount", "no fault", "rr's own mistake", "cannot be told",
        ]
        for row in try rows() {
            let named = row.answer.matches(of: #/`([^`]+)`/#).map { String($0.output.1) }
            let isAnswered = named.contains { slugs.contains($0) } || reasons.contains { row.answer.contains($0) }
            #expect(isAnswered, "row \(row.number)")
        }
    }

    @Test("Every name in backquotes is a fault, a disturbance, a probe or something to type")
    func names() throws {
        let known = Set(FaultExplanation.all.map(\.slug) + ProbeDescription.all.map(\.id))
        let typed = ["truecount", "diagnose", "--", "perf_v4_pmi", "dmesg"]
        for name in try page().replacing("\n", with: " ").matches(of: #/`([^`]+)`/#).map({ String($0.output.1) }) {
            #expect(known.contains(name) || typed.contains { name.hasPrefix($0) }, "\(name)")
        }
    }

    @Test("The rates that it promises are those of the efforts")
    func promises() throws {
        let page = try page()
        for effort in Effort.allCases {
            let digits = String(effort.findsOnePMIIn)
            let grouped = digits.count > 3 ? "\(digits.dropLast(3)),\(digits.suffix(3))" : digits
            let plan = effort == .standard ? "standard" : "`--\(effort.rawValue)`"
            #expect(page.contains("| \(plan) | \(grouped) |"), "\(effort)")
        }
    }
}
