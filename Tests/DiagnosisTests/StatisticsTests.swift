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

    @Test("The median of an even number of values is one of them")
    func median() {
        #expect(Statistics.median(of: [1, 2, 4, 9]) == 2)
        #expect(Statistics.median(of: []) == nil)
    }

    @Test("The rule of three needs at least one trial")
    func ruleOfThree() {
        #expect(Statistics.ruleOfThree(trials: 0) == nil)
        #expect(Statistics.ruleOfThree(trials: 300) == 0.01)
    }

    @Test("Equal values leave no width in the interval of their mean")
    func interval() {
        let interval = Statistics.meanInterval(of: [10, 10, 10])
        #expect(interval?.low == 10 && interval?.high == 10)
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
        #expect(decimal(value) == text)
    }
}
