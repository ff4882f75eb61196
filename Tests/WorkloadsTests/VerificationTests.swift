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
            Workload(name: original.name, summary: original.summary) { n in
                original.closedForm(n).addingOne(to: figure)
            })
        let wrong = try mutant.verify(iterations: 3).filter { !$0.agrees }
        #expect(Set(wrong.map(\.figure)) == figure.affected)
        #expect(wrong.allSatisfy { $0.expected == $0.observed + 1 })
    }

    @Test("A position row that is off by one is caught at its own instruction")
    func catchesPositionRow() throws {
        let original = try #require(Workload.named("nested-loops"))
        for index in original.positions.rows.indices {
            for (field, figure) in [
                (\PositionRow.branches, VerifiedFigure.positions), (\.site, .sitePositions),
                (\.secondSite, .secondSitePositions),
            ] {
                var table = original.positions
                table.rows[index][keyPath: field] += 1
                let mutant = try #require(
                    Workload(
                        name: original.name, summary: original.summary, positions: table,
                        closedForm: original.closedForm))
                let wrong = try mutant.verify(iterations: 2).filter { !$0.agrees }
                #expect(wrong.map(\.figure) == [figure])
                #expect(wrong.first?.firstDisagreement?.offset == UInt64(table.rows[index].offset))
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
                    name: original.name, summary: original.summary, positions: table, closedForm: original.closedForm))
            let row = try #require(try mutant.verify(iterations: 3).first { $0.figure == .positions })
            #expect(!row.agrees)
        }
    }
}

extension VerifiedFigure {
    static let closedForms: [VerifiedFigure] = [
        .conditionalBranches, .branches, .takenBranches, .instructions, .systemCalls, .lockedInstructions, .cpuids,
    ]

    /// What one more of this changes.
    fileprivate var affected: Set<VerifiedFigure> {
        switch self {
        // A conditional branch more is a branch more; an unconditional one is a taken one, too.
        case .conditionalBranches: [.conditionalBranches, .branches]
        case .branches: [.branches, .takenBranches]
        default: [self]
        }
    }
}

extension WideFigures {
    fileprivate func addingOne(to figure: VerifiedFigure) -> WideFigures {
        var changed = self
        switch figure {
        case .conditionalBranches: changed.conditionalBranches += 1
        case .branches: changed.unconditionalBranches += 1
        case .takenBranches: changed.takenConditionalBranches += 1
        case .instructions: changed.instructions += 1
        case .systemCalls: changed.systemCalls += 1
        case .lockedInstructions: changed.lockedInstructions += 1
        case .cpuids: changed.cpuids += 1
        case .positions, .sitePositions, .secondSitePositions: break
        }
        return changed
    }
}
