import Testing

@testable import Diagnosis

@Suite("Statistics say how sure a finding is")
struct StatisticsTests {
    @Test("A line through points on a line has their slope and intercept")
    func line() {
        let line = Statistics.line(through: [(1, 12), (2, 22), (10, 102)])
        #expect(abs((line?.slope ?? 0) - 10) < 1e-9)
        #expect(abs((line?.intercept ?? 0) - 2) < 1e-9)
    }

    @Test("There is no line through one point, or through points above each other")
    func noLine() {
        #expect(Statistics.line(through: [(1, 1)]) == nil)
        #expect(Statistics.line(through: [(1, 1), (1, 5)]) == nil)
    }

    @Test("The rule of three needs at least one trial")
    func ruleOfThree() {
        #expect(Statistics.ruleOfThree(trials: 0) == nil)
        #expect(Statistics.ruleOfThree(trials: 300) == 0.01)
    }

    @Test(
        "The interval of a share holds it, stays within 0 and 1, and is Wilson's",
        arguments: [(0, 10, 0, 0.2775), (5, 10, 0.2366, 0.7634), (1, 100, 0.0018, 0.0545), (10, 10, 0.7225, 1)]
            as [(UInt64, UInt64, Double, Double)])
    func interval(affected: UInt64, all: UInt64, low: Double, high: Double) {
        let interval = Statistics.shareInterval(affected, of: all)
        #expect((interval.low - low).magnitude < 1e-4 && (interval.high - high).magnitude < 1e-4, "\(interval)")
    }

    @Test(
        "A share in per cent has two digits, and is never all unless it is",
        arguments: [
            (0, "0"), (1, "100"), (0.02, "2"), (0.0124, "1.2"), (0.0005, "0.05"), (0.00004, "under 0.01"),
            (0.997, "99.7"),
            (0.99999, "99.9"), (0.995, "99.5"), (0.5, "50"), (0.0999, "10"),
        ])
    func percent(share: Double, text: String) {
        #expect(Figures.percent(share) == text)
    }

    @Test("The chance that all drawn runs fall into a part of them is a product of shares")
    func chance() {
        #expect((Statistics.chanceOfFalling(3, into: 3, of: 30) * 4060 - 1).magnitude < 1e-9)
        #expect(Statistics.chanceOfFalling(4, into: 3, of: 30) == 0)
        #expect(Statistics.chanceOfFalling(2, into: 9, of: 9) == 1)
    }

    @Test(
        "Decimals are rounded to hundredths",
        arguments: [(0.005, "0.01"), (-1.5, "-1.50"), (10, "10.00"), (-0.004, "0.00")])
    func decimals(value: Double, text: String) {
        #expect(Figures.decimal(value) == text)
    }
}
