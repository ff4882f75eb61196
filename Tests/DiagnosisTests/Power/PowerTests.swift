import Diagnosis
import Measurement
import Simulation
import Testing
import Workloads

@testable import judge_trials

@Suite("What a plan can find")
struct PowerTests {
    private func diagnoses(_ parameters: String, _ seeds: Range<UInt64>, effort: Effort = .quick) throws
        -> [DiagnosisResult]
    {
        let pmu = try SimulatedPMU(parsing: "healthy-skylake,\(parameters)")
        return seeds.map { seed in
            var bench = SimulatedBench(pmu, seed: seed)
            return diagnose(
                DiagnosisRequest(effort: effort, cpu: 0, seed: seed), on: &bench, skidLimit: pmu.skidLimit)
        }
    }

    @Test("With no occasion nothing is found, with a fault at each occasion everything")
    func limits() {
        #expect(PowerEstimate(occasions: 0).missProbability(oneIn: 1) == 1)
        #expect(PowerEstimate(occasions: 0).rarest(certainty: 0.999) == nil)
        #expect(PowerEstimate(occasions: 1).missProbability(oneIn: 1) == 0)
        #expect(PowerEstimate(occasions: 1).rarest(certainty: 0.999) == 1)
    }

    @Test(
        "The rarest fault is the last one that is certain enough",
        arguments: [7, 100, 6_704, 1_000_000_007] as [UInt64])
    func rarest(occasions: UInt64) throws {
        let estimate = PowerEstimate(occasions: occasions)
        for certainty in [0.5, 0.95, 0.999] {
            let rarest = try #require(estimate.rarest(certainty: certainty))
            #expect(estimate.missProbability(oneIn: rarest) <= 1 - certainty)
            #expect(estimate.missProbability(oneIn: rarest + 1) > 1 - certainty)
        }
    }

    @Test("For many occasions it is the rule of three's relative: occasions divided by ln 1000")
    func largeNumbers() throws {
        let rarest = try #require(PowerEstimate(occasions: 1_000_000).rarest(certainty: 0.999))
        #expect((144_764...144_766).contains(rarest))
    }

    @Test("The binomial interval holds the mean and leaves out what is hopeless")
    func binomial() {
        #expect(Binomial.interval(trials: 100, probability: 0) == 0...0)
        #expect(Binomial.interval(trials: 100, probability: 1) == 100...100)
        let half = Binomial.interval(trials: 100, probability: 0.5)
        #expect(half.contains(50) && !half.contains(25) && !half.contains(75))
        #expect(half.lowerBound + half.upperBound == 100)
        let certain = Binomial.interval(trials: 1_000, probability: 0.999)
        #expect(certain.contains(999) && certain.contains(1_000) && !certain.contains(980))
        #expect(Binomial.interval(trials: 100_000, probability: 0.5).contains(50_000))
    }

    @Test("Each subject's model exists, and strikes nothing in a healthy one", arguments: PowerSubject.all.map(\.id))
    func subjects(id: String) throws {
        let subject = try #require(PowerSubject.all.first { $0.id == id })
        let healthy = try #require(try diagnoses("skid=5-39", 1..<2).first)
        let isPerRun = subject.unit == "run"
        #expect(subject.estimate(healthy.runs).occasions == 0 || isPerRun)
        let always = try #require(try diagnoses(subject.always, 1..<2).first)
        #expect(always.verdict == .faulty)
        #expect(subject.estimate(always.runs).occasions > 0)
        let rare = try #require(try diagnoses(subject.rare(1_000_000_000_000), 1..<2).first)
        #expect(rare.runs.count == healthy.runs.count)
    }

    @Test("Occasions are those of the simulated runs, to the last one")
    func occasions() throws {
        let runs = try #require(try diagnoses("drop=1", 1..<2).first).runs.filter {
            $0.planted == nil && $0.condition == nil
        }
        let drop = try #require(PowerSubject.all.first { $0.id == "drop" })
        let pmis = runs.filter { $0.arm == .besideSameEvent || $0.arm == .samplerTotal }.reduce(0) { $0 + $1.pmis }
        #expect(drop.estimate(runs).occasions == pmis)
    }

    @Test(
        "Simulated diagnoses find as many as the formula says, at the rarest rate and at one half",
        arguments: PowerSubject.all.map(\.id))
    func confirmation(id: String) async throws {
        let subject = try #require(PowerSubject.all.first { $0.id == id })
        let row = try await subject.row(certainty: 0.999, trials: 16) { try diagnoses($0, $1) }
        #expect(row.atEvery?.found == 16 && row.atEvery?.calledFaulty == 16)
        let (rarest, half) = (try #require(row.atRarest), try #require(row.atHalf))
        #expect(rarest.made == 16 && rarest.agrees, "\(rarest)")
        #expect(half.made == 16 && half.agrees && half.found < 16 && half.found > 0, "\(half)")
        #expect(half.oneIn > rarest.oneIn)
    }

    @Test("A formula that is off by sixteen is caught by the diagnoses")
    func wrongFormula() async throws {
        let subject = try #require(PowerSubject.all.first { $0.id == "drop" })
        let row = try await subject.row(certainty: 0.999, trials: 16) { parameters, seeds in
            // Sixteen times rarer than the formula is told.
            let rarer = parameters.split(separator: "=").last.flatMap { UInt64($0) }.map { $0 * 16 }
            return try diagnoses(parameters == "drop=1" ? parameters : subject.rare(rarer ?? 1), seeds)
        }
        // At the rarest rate, where 16 trials are enough: one in three is found in place of all.
        #expect(row.atRarest?.agrees == false)
    }

    @Test("Each effort finds the rate that is promised for it", arguments: Effort.allCases)
    func promises(effort: Effort) throws {
        let subject = try #require(PowerSubject.all.first { $0.id == "freeze" })
        let runs = try #require(try diagnoses(subject.always, 1..<2, effort: effort).first).runs
        let rarest = try #require(subject.estimate(runs).rarest(certainty: Effort.promisedCertainty))
        #expect(rarest >= effort.findsOnePMIIn, "\(rarest)")
        // A promise far below what is kept would say nothing of the effort.
        #expect(rarest < effort.findsOnePMIIn * 4, "\(rarest)")
    }

    @Test("A plan's duration is its windows and what each run costs beside them")
    func duration() {
        var run = RunRecord.starved(
            RunPlan(probe: "test", workload: Workload.all[0], iterations: 1, arm: .countingAlone, cpu: 0),
            event: "test", expected: 0)
        run.timeEnabled = 500_000_000
        // Two runs of half a second in two seconds: half a second beside each.
        let seconds = Effort.standard.seconds(runs: 10, timed: [run, run], seconds: 2, on: .hardware)
        #expect(seconds == Effort.standard.windowSeconds(on: .hardware) + 5)
    }
}
