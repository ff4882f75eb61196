import FoundationEssentials
import Measurement
import Testing

@testable import Diagnosis
@testable import Reporting

@Suite("Reports compared")
struct ComparisonTests {
    @Test("A report has nothing that itself has not")
    func same() {
        let digest = digest(Fixtures.faulty)
        let comparison = Comparison([digest, digest])
        #expect(comparison.differences.map(\.changes) == [[]])
        #expect(ComparisonText().render(comparison).contains("nothing that matters to a count changed"))
    }

    @Test("A fault that came is worst, a fault that went is better, and the counts say how far they moved")
    func fault() {
        let changes = changes(Fixtures.accurate, Fixtures.faulty)
        #expect(changes.prefix(2).map(\.kind) == [.newFault, .verdict])
        #expect(changes[0].subject == "freeze-on-pmi" && changes[0].weight == .worse)
        #expect(changes[0].after == "10 branches lost at each PMI, on every counter of this CPU")
        #expect(changes.contains { $0.kind == .probe && $0.subject == "pmi-totals" && $0.weight == .worse })
        let count = changes.first { $0.kind == .count }
        #expect(count?.subject == "tight-loop, arm B, period 100,003, 1,000,000 iterations")
        #expect(count?.before == "exact" && count?.after == "90 lost")
        let back = self.changes(Fixtures.faulty, Fixtures.accurate)
        #expect(back.contains { $0.kind == .goneFault && $0.weight == .better && $0.before == changes[0].after })
        #expect(!back.contains { $0.weight == .worse })
    }

    @Test(
        "A size is another one where its median lies outside the other's range, or where it strikes more often",
        arguments: [
            (UInt64(11), UInt64(4_800), Change.Kind.largerFault), (9, 4_800, .smallerFault), (10, 4_800, nil),
            (10, 4_798, nil), (10, 2_400, .smallerFault), (11, 2_400, .largerFault),
        ])
    func size(median: UInt64, affected: UInt64, kind: Change.Kind?) {
        var after = Fixtures.faulty
        after.findings[0].size.median = median
        after.findings[0].frequency = Frequency(affected, of: 4_800, per: .pmi)
        #expect(changes(Fixtures.faulty, after).map(\.kind) == (kind.map { [$0] } ?? []))
    }

    @Test("What was lost and is now gained is another fault's size, not a smaller one")
    func direction() {
        var after = Fixtures.faulty
        after.findings[0].direction = .gained
        #expect(changes(Fixtures.faulty, after).map(\.kind) == [.newFault, .goneFault])
    }

    @Test("An answer that is no longer given is worse, and a fault is not gone where nothing was answered")
    func answerLost() {
        for without in [Fixtures.inconclusive, Fixtures.unsupported] {
            for with in [Fixtures.accurate, Fixtures.faulty] {
                let changes = changes(with, without)
                #expect(changes.first?.kind == .answerLost && changes.first?.weight == .worse)
                #expect(!changes.contains { $0.kind == .goneFault })
            }
        }
        #expect(!changes(Fixtures.unsupported, Fixtures.accurate).contains { $0.weight == .worse })
    }

    @Test("A kernel, a microcode and a boot parameter that changed are told, after what they may have caused")
    func facts() {
        var machine = Fixtures.skylake
        machine.kernel.release = "6.1.0"
        machine.processor.microcode = "0x2"
        let changes = Comparison([
            ReportDigest(Fixtures.report(Fixtures.accurate), name: "a"),
            ReportDigest(Fixtures.report(Fixtures.faulty, on: machine), name: "b"),
        ]).differences[0].changes
        let scope = changes.filter { $0.kind == .scope }
        #expect(scope.map(\.subject) == ["kernel", "microcode"])
        #expect(scope.map(\.before) == ["5.10.0-46-amd64", "0x1"] && scope.map(\.after) == ["6.1.0", "0x2"])
        #expect(changes.map(\.weight) == changes.map(\.weight).sorted())
    }

    @Test("The verdicts stand side by side, the worst on top, long rows are cut and counted")
    func text() {
        var many = Fixtures.faulty
        many.runs = (1...20).flatMap { period in
            Fixtures.run(counted: 1_000_000 - UInt64(period)).map { run in
                var run = run
                run.period = UInt64(period)
                return run
            }
        }
        var exact = many
        for index in exact.runs.indices { exact.runs[index].counted = 1_000_000 }
        exact.verdict = .accurate
        exact.findings = []
        exact.reasons = ["every count was exact"]
        let comparison = Comparison([digest(exact, "good"), digest(many, "bad\u{1B}[31m")])
        let lines = ComparisonText().render(comparison).split(separator: "\n")
        #expect(lines[0].hasPrefix("bad?[31m: FAULTY · freeze-on-pmi: 10 branches lost"))
        #expect(lines[1] == "good (compared with): ACCURATE · every count was exact")
        #expect(lines.contains("  worse: count tight-loop, arm B, period 20, 1,000,000 iterations: exact → 20 lost"))
        #expect(lines.contains("  and 12 more of kind count"))
        let pages = ComparisonMarkdown.render(comparison)
        #expect(pages.contains("|  | count | and 12 more |"))
    }

    @Test("Counts at the ends of their types are compared without an overflow")
    func extremes() throws {
        var (low, high) = (Fixtures.faulty, Fixtures.faulty)
        (low.runs[0].expected, low.runs[0].counted) = (1 << 63, 0)
        (high.runs[0].expected, high.runs[0].counted) = (.max >> 1, 0)
        low.findings[0].size = FaultSize(min: .max, median: .max, max: .max, mean: 0)
        let comparison = Comparison([digest(low), digest(high), digest(low)])
        #expect(comparison.differences.allSatisfy { !$0.changes.isEmpty } == false)
        #expect(!ComparisonText().render(comparison).isEmpty)
        #expect(try !ReportJSON.encode(comparison).isEmpty)
    }

    private func digest(_ result: DiagnosisResult, _ name: String = "r") -> ReportDigest {
        ReportDigest(Fixtures.report(result), name: name)
    }

    private func changes(_ before: DiagnosisResult, _ after: DiagnosisResult) -> [Change] {
        Comparison([digest(before), digest(after)]).differences[0].changes
    }
}
