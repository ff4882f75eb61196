import Testing

@testable import Workloads

@Suite("Single-stepping proves the workloads")
struct VerificationTests {
    @Test("Every figure and every position agrees with the single-stepped truth", arguments: Workload.all.map(\.name))
    func agrees(name: String) throws {
        let workload = try #require(Workload.named(name))
        for iterations in workload.verificationIterations {
            let rows = try workload.verify(iterations: iterations)
            #expect(rows.map(\.figure) == VerifiedFigure.allCases)
            for row in rows { #expect(row.agrees, "\(row)") }
        }
    }

    @Test("A sampler beside it changes nothing in the counter's window", arguments: Workload.all.map(\.name))
    func counterBesideSampler(name: String) throws {
        let workload = try #require(Workload.named(name))
        let truth = try GroundTruth.observe(workload, iterations: 5, .counter)
        #expect(truth.figures == workload.figures(iterations: 5))
    }

    @Test(
        "A sampler's window has no branch more than the counter's but the jump that leaves it",
        arguments: Workload.all.map(\.name))
    func samplerBesideCounter(name: String) throws {
        let workload = try #require(Workload.named(name))
        let truth = try GroundTruth.observe(workload, iterations: 5, .sampler).figures
        let expected = workload.figures(iterations: 5)
        #expect(truth.conditionalBranches == expected.conditionalBranches)
        #expect(truth.branches == expected.branches + Workload.branchesBehindCounter)
        #expect(truth.takenBranches == expected.takenBranches + Workload.branchesBehindCounter)
        // The counter's two calls and the sampler's own second one.
        #expect(truth.systemCalls == expected.systemCalls + 2)
    }

    @Test("A closed form that is off by one in any figure is caught", arguments: VerifiedFigure.closedForms)
    func catchesClosedForm(figure: VerifiedFigure) throws {
        let original = try #require(Workload.named("system-calls"))
        let mutant = try #require(
            Workload(name: original.name, summary: original.summary, branches: original.branches.rules) { n in
                original.otherFigures(n).addingOne(to: figure)
            })
        let wrong = try mutant.verify(iterations: 3).filter { !$0.agrees }
        #expect(wrong.map(\.figure) == [figure])
        #expect(wrong.allSatisfy { $0.expected == $0.observed + 1 })
    }

    struct BranchMutant: Sendable {
        let rules: [TakenRule]
        var unconditional: UInt128 = 0
        let figures: Set<VerifiedFigure>
    }

    static let branchMutants: [BranchMutant] = [
        BranchMutant(rules: [.always], figures: [.takenBranches, .positions]),
        BranchMutant(rules: [.never], figures: [.takenBranches, .positions]),
        BranchMutant(rules: [.whereClear(bit: 0)], figures: [.takenBranches, .positions]),
        // Of 3, 2, 1 two have bit 0 set, and two bit 1.
        BranchMutant(rules: [.whereSet(bit: 1)], figures: [.positions]),
        BranchMutant(rules: [.whereSet(bit: 0), .never], figures: [.conditionalBranches, .branches, .positions]),
        BranchMutant(rules: [], figures: [.conditionalBranches, .branches, .takenBranches, .positions]),
        BranchMutant(
            rules: [.whereSet(bit: 0)], unconditional: 1, figures: [.branches, .takenBranches, .positions]),
    ]

    @Test(
        "A branch whose rule is wrong, or that is forgotten, is caught in its totals and at its place",
        arguments: branchMutants)
    func catchesBranch(mutant: BranchMutant) throws {
        let original = try #require(Workload.named("system-calls"))
        let workload = try #require(
            Workload(
                name: original.name, summary: original.summary, branches: mutant.rules,
                unconditionalBranches: mutant.unconditional, otherFigures: original.otherFigures))
        let wrong = try workload.verify(iterations: 3).filter { !$0.agrees }
        #expect(Set(wrong.map(\.figure)) == mutant.figures)
    }

    @Test("A position row that is off by one is caught where it holds")
    func catchesPositionRow() throws {
        let original = try #require(Workload.named("nested-loops"))
        for index in original.positions.rows.indices {
            for (field, figure) in [
                (\PositionRow.branches, VerifiedFigure.positions), (\.unconditional, .positions),
                (\.site, .sitePositions), (\.secondSite, .secondSitePositions),
            ] {
                var table = original.positions
                table.rows[index][keyPath: field] += 1
                let mutant = try #require(
                    Workload(
                        name: original.name, summary: original.summary, branches: original.branches.rules,
                        positions: table, otherFigures: original.otherFigures))
                let wrong = try mutant.verify(iterations: 2).filter { !$0.agrees }
                #expect(wrong.map(\.figure) == [figure])
                // The last row holds where a run without a sampler goes on, too, which is not its first instruction.
                let offset = Int(try #require(wrong.first?.firstDisagreement?.offset))
                #expect(table.row(at: offset) == table.rows[index])
            }
        }
    }

    @Test("A position row with a wrong coefficient is caught")
    func catchesCoefficient() throws {
        let original = try #require(Workload.named("nested-loops"))
        let index = try #require(original.positions.rows.firstIndex { $0.counter != 0 })
        for field in [\PositionRow.inner, \.counter, \.perIteration, \.remaining] {
            var table = original.positions
            table.rows[index][keyPath: field] += 1
            let mutant = try #require(
                Workload(
                    name: original.name, summary: original.summary, branches: original.branches.rules, positions: table,
                    otherFigures: original.otherFigures))
            let row = try #require(try mutant.verify(iterations: 3).first { $0.figure == .positions })
            #expect(!row.agrees)
        }
    }
}

extension VerifiedFigure {
    /// Those that the branches' rules do not give.
    static let closedForms: [VerifiedFigure] = [.instructions, .systemCalls, .lockedInstructions, .cpuids]
}

extension WideFigures {
    fileprivate func addingOne(to figure: VerifiedFigure) -> WideFigures {
        var changed = self
        switch figure {
        case .instructions: changed.instructions += 1
        case .systemCalls: changed.systemCalls += 1
        case .lockedInstructions: changed.lockedInstructions += 1
        case .cpuids: changed.cpuids += 1
        case .conditionalBranches, .branches, .takenBranches, .positions, .sitePositions, .secondSitePositions: break
        }
        return changed
    }
}
