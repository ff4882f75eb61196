import Measurement
import Simulation
import Testing
import Workloads

@testable import Diagnosis

/// Faults that need no PMI, each planted with sizes of its own, and what must not be taken for them.
@Suite("What shows without a PMI is told apart")
struct NamedFaultTests {
    func diagnosis(seed: UInt64 = 1, _ change: (inout SimulatedModel) -> Void) -> DiagnosisResult {
        diagnosis(on: TamperedBench(seed: seed, change), seed: seed)
    }

    func diagnosis(on bench: TamperedBench, seed: UInt64 = 1) -> DiagnosisResult {
        var bench = bench
        // A long period, for a short test: what shows without a PMI needs few of them.
        let request = DiagnosisRequest(effort: .quick, cpu: 0, periods: [1_000_003], seed: seed)
        return diagnose(request, on: &bench, skidLimit: 100)
    }

    @Test(
        "A surplus around locked instructions has their number as its measure",
        arguments: [(1, 16), (3, 1), (2, 1_000)] as [(UInt64, UInt64)])
    func locks(surplus: UInt64, oneIn: UInt64) {
        let result = diagnosis {
            $0.lockSurplus = CountRange(surplus, surplus)
            $0.lockSurplusOneIn = oneIn
        }
        #expect(result.findings.map(\.fault) == [.lockSurplus])
        let finding = result.findings.first
        #expect(finding?.per == .lockedInstruction && result.verdict == .faulty)
        let rate = Double(surplus) / Double(oneIn)
        #expect(((finding?.size.mean ?? 0) / rate - 1).magnitude < 0.1, "\(String(describing: finding?.size))")
    }

    @Test("A branch lost between CPUIDs is one for each pair")
    func cpuid() {
        let result = diagnosis { $0.lossPerCPUIDPair = 1 }
        #expect(result.findings.map(\.fault) == [.cpuidLoss])
        let size = result.findings.first?.size
        #expect(size?.min == 1 && size?.max == 1)
        #expect(result.findings.first?.per == .cpuid)
    }

    @Test("Kernel branches at system calls and page faults leak once an entry", arguments: [1, 2, 40] as [UInt64])
    func kernelEntries(leak: UInt64) {
        let result = diagnosis { $0.kernelLeak = leak }
        #expect(result.findings.map(\.fault) == [.kernelLeak])
        let size = result.findings.first?.size
        #expect(size?.min == leak && size?.median == leak && size?.max == leak)
        #expect(result.findings.first?.per == .kernelEntry)
    }

    @Test(
        "Interrupts that are counted leak at PMIs and at ticks", arguments: [1, 3] as [UInt64],
        [100, 250, 1_000] as [UInt64])
    func interrupts(leak: UInt64, ticksPerSecond: UInt64) {
        let result = diagnosis {
            $0.interruptLeak = leak
            $0.ticksPerSecond = ticksPerSecond
        }
        #expect(result.findings.map(\.fault) == [.kernelLeak])
        #expect(result.findings.first?.size.median == leak && result.findings.first?.direction == .gained)
    }

    @Test("A surplus at SMIs is that of the runs that had one", arguments: [1, 2, 3] as [UInt64])
    func smis(seed: UInt64) {
        let result = diagnosis(seed: seed) {
            $0.smisPerSecond = 20
            $0.smiSurplus = CountRange(300, 300)
        }
        #expect(result.findings.map(\.fault) == [.smiSurplus])
        let size = result.findings.first?.size
        #expect(size?.min == 300 && size?.max == 300)
        #expect(
            result.findings.first.map { Set($0.runs) }
                == Set(
                    result.runs.indices.filter {
                        (result.runs[$0].smis ?? 0) > 0 && result.runs[$0].deviates && result.runs[$0].planted == nil
                    }))
    }

    @Test("SMIs beside a freeze are two faults, each with its own size")
    func smisBesideFreeze() {
        let result = diagnosis {
            $0.freeze = .overflow
            $0.kernelBranchesPerEntry = 0
            $0.smisPerSecond = 20
            $0.smiSurplus = CountRange(50_000, 60_000)
        }
        #expect(result.findings.map(\.fault) == [.smiSurplus, .freezeOnPMI])
        #expect(result.findings.last?.size.min == 10 && result.findings.last?.size.max == 10)
    }

    @Test("SMIs that no counter sees are no fault")
    func harmlessSMIs() {
        #expect(diagnosis { $0.smisPerSecond = 100 }.verdict == .accurate)
    }

    @Test("A loss at context switches is proportional to them", arguments: [1, 7] as [UInt64])
    func switches(loss: UInt64) {
        let result = diagnosis {
            $0.switchesPerSecond = 300
            $0.lossPerSwitch = loss
        }
        #expect(result.findings.map(\.fault) == [.contextSwitchLoss])
        #expect(result.findings.first?.size.min == loss && result.findings.first?.size.max == loss)
    }

    @Test("Context switches beside a freeze are not blamed for it")
    func harmlessSwitches() {
        let result = diagnosis {
            $0.switchesPerSecond = 300
            $0.freeze = .overflow
        }
        #expect(result.findings.map(\.fault) == [.freezeOnPMI])
    }

    @Test(
        "Another event is named by its closed form",
        arguments: [
            (.takenConditional, "taken conditional branches"), (.taken, "taken branches of any kind"),
            (.allBranches, "branches of any kind"),
        ] as [(SimulatedModel.Selection, String)])
    func otherEvents(selection: SimulatedModel.Selection, name: String) {
        let result = diagnosis { $0.selection = selection }
        #expect(result.findings.map(\.fault) == [.wrongEvent])
        #expect(result.findings.first?.mechanism.contains("counts \(name), not") == true)
    }

    @Test("A small share of the branches in every run is another event", arguments: [2, 22, 68, 400] as [UInt64])
    func share(perMille: UInt64) {
        #expect(diagnosis { $0.countedPerMille = perMille }.findings.map(\.fault) == [.wrongEvent])
    }

    @Test(
        "Readings off by a counter's width are an offset, and PMIs are not judged by them",
        arguments: [1 << 31, 1 << 31 - 1, 1 << 32, 1 << 40, 1 << 48] as [UInt64], [1, 3] as [UInt64])
    func offsets(offset: UInt64, oneIn: UInt64) {
        let result = diagnosis {
            $0.offset = offset
            $0.offsetOneIn = oneIn
        }
        #expect(result.findings.map(\.fault) == [.countOffset])
        #expect(result.findings.first?.size.min == offset && result.findings.first?.direction == .gained)
    }

    @Test("An offset in some runs does not hide that PMIs freeze")
    func offsetBesideFreeze() {
        let result = diagnosis {
            $0.offset = 1 << 31
            $0.offsetOneIn = 4
            $0.freeze = .overflow
        }
        #expect(result.findings.map(\.fault) == [.countOffset, .freezeOnPMI])
    }

    @Test("A number that is no counter's width is no offset", arguments: [1_000, 1 << 31 + 1] as [UInt64])
    func noOffset(surplus: UInt64) {
        #expect(diagnosis { $0.offset = surplus }.findings.map(\.fault) == [.inexactUninterrupted])
    }

    @Test("A counter that stands still is dead, in all runs, in some, or as the second of two")
    func dead() {
        let always = diagnosis { $0.hostExhaustedOneIn = 1 }
        #expect(always.findings.map(\.fault) == [.deadCounter])
        let sometimes = diagnosis { $0.hostExhaustedOneIn = 5 }
        #expect(sometimes.findings.map(\.fault) == [.deadCounter])
        #expect(sometimes.findings.first?.mechanism.hasPrefix("In some runs") == true)
        let second = diagnosis { $0.secondCounterIsDead = true }
        #expect(second.findings.map(\.fault) == [.deadCounter])
        #expect(second.findings.first?.mechanism.hasPrefix("A second counter") == true)
    }

    @Test("Runs that found no counter are no fault of counting, whatever the verdict on the others")
    func starved() {
        let starved = diagnosis { $0.takenCounters = 3 }
        #expect(starved.verdict == .inconclusive && starved.findings.map(\.fault) == [.starvedCounter])
        let faulty = diagnosis {
            $0.takenCounters = 3
            $0.surplus = 4
        }
        #expect(faulty.verdict == .faulty && Set(faulty.findings.map(\.fault)) == [.starvedCounter, .pmiSurplus])
    }

    @Test(
        "A surplus that comes by chance to any workload is no lock's and no system call's",
        arguments: 1...8 as ClosedRange<UInt64>)
    func chance(seed: UInt64) {
        let result = diagnosis(seed: seed) {
            $0.runSurplus = 1
            $0.runSurplusOneIn = 6
        }
        #expect(Set(result.findings.map(\.fault)).isSubset(of: [.inexactUninterrupted]), "\(result.findings)")
    }

    @Test("Workloads give the occasions that the model reckons with")
    func occasions() throws {
        let leak = diagnosis { $0.kernelLeak = 1 }
        let runs = leak.runs.filter { $0.arm == .countingAlone && $0.isOfTheArms && $0.deviation != 0 }
        #expect(Set(runs.map(\.workload)) == ["system-calls", "page-faults"])
        for workload in ["system-calls", "page-faults", "locked", "cpu-identification"] {
            #expect(Workload.named(workload) != nil)
        }
    }
}

extension RunRecord {
    /// Neither the control's nor under a condition.
    fileprivate var isOfTheArms: Bool { planted == nil && condition == nil }
}
