import Measurement
import Simulation
import Testing

@testable import Diagnosis

/// Faults of random size: the name must not depend on a particular one.
@Suite("Faults of any size keep their names")
struct RandomFaultTests {
    func faults(seed: UInt64, limit: UInt64 = 10_000, _ change: (inout SimulatedModel) -> Void) -> [Fault] {
        var bench = TamperedBench(seed: seed, change)
        let request = DiagnosisRequest(effort: .quick, cpu: 0, periods: [1_000_003], seed: seed)
        return diagnose(request, on: &bench, skidLimit: limit).findings.filter(\.isReproduced).map(\.fault)
    }

    @Test("A freeze, whatever the skid, its spread and how often", arguments: 1...8 as ClosedRange<UInt64>)
    func freeze(seed: UInt64) {
        var draws = SeededGenerator(seed: seed)
        let low = UInt64.random(in: 1...60, using: &draws)
        let high = low + UInt64.random(in: 0...60, using: &draws)
        let oneIn = UInt64.random(in: 1...4, using: &draws)
        let found = faults(seed: seed) {
            $0.freeze = .overflow
            $0.freezeOneIn = oneIn
            $0.skid = .uniform(low: low, high: high)
        }
        #expect(found == [.freezeOnPMI], "skid \(low)-\(high), one in \(oneIn)")
    }

    @Test("A drop, whatever its size and how often", arguments: 1...8 as ClosedRange<UInt64>)
    func drop(seed: UInt64) {
        var draws = SeededGenerator(seed: seed)
        let (drop, oneIn) = (UInt64.random(in: 1...3_000, using: &draws), UInt64.random(in: 1...40, using: &draws))
        let found = faults(seed: seed) {
            $0.drop = drop
            $0.dropOneIn = oneIn
            $0.skid = .uniform(low: 0, high: 100)
        }
        #expect(found == [.pmiDrop], "drop \(drop), one in \(oneIn)")
    }

    @Test("A surplus, whatever its size and how often", arguments: 1...8 as ClosedRange<UInt64>)
    func surplus(seed: UInt64) {
        var draws = SeededGenerator(seed: seed)
        let (surplus, oneIn) = (UInt64.random(in: 1...3_000, using: &draws), UInt64.random(in: 1...40, using: &draws))
        let found = faults(seed: seed) {
            $0.surplus = surplus
            $0.surplusOneIn = oneIn
            $0.skid = .uniform(low: 0, high: 100)
        }
        #expect(found == [.pmiSurplus], "surplus \(surplus), one in \(oneIn)")
    }

    @Test("PMIs taken twice, however often", arguments: 1...6 as ClosedRange<UInt64>)
    func duplicates(seed: UInt64) {
        #expect(faults(seed: seed) { $0.duplicatePMIOneIn = seed * seed } == [.duplicatePMI])
    }

    @Test("A lock's surplus, however small and rare", arguments: 1...8 as ClosedRange<UInt64>)
    func locks(seed: UInt64) {
        var draws = SeededGenerator(seed: seed)
        let low = UInt64.random(in: 1...4, using: &draws)
        let found = faults(seed: seed) {
            $0.lockSurplus = CountRange(low, low + UInt64.random(in: 0...3, using: &draws))
            $0.lockSurplusOneIn = UInt64.random(in: 1...200, using: &draws)
        }
        #expect(found == [.lockSurplus])
    }

    @Test("A healthy PMU of any skid, width and rate is never faulty", arguments: 1...24 as ClosedRange<UInt64>)
    func healthy(seed: UInt64) {
        var draws = SeededGenerator(seed: seed)
        let found = faults(seed: seed) {
            let low = UInt64.random(in: 0...200, using: &draws)
            $0.skid = .uniform(low: low, high: low + UInt64.random(in: 0...2_000, using: &draws))
            $0.counterWidth = UInt64.random(in: 32...63, using: &draws)
            $0.branchesPerSecond = UInt64.random(in: 50_000_000...5_000_000_000, using: &draws)
            $0.ticksPerSecond = [100, 250, 300, 1_000].randomElement(using: &draws) ?? 250
            $0.smisPerSecond = UInt64.random(in: 0...50, using: &draws)
            $0.switchesPerSecond = UInt64.random(in: 0...500, using: &draws)
            $0.freeze = [.none, .delivery].randomElement(using: &draws) ?? .none
        }
        #expect(found.isEmpty, "\(found)")
    }
}
