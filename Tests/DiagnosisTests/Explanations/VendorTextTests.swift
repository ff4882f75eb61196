import Simulation
import Testing

@testable import Diagnosis
@testable import Measurement

@Suite("Advice is in the words of the CPU's vendor")
struct VendorTextTests {
    /// As if a core PMU had been measured: nothing is simulated that advice depends on.
    private func result(_ change: (inout SimulatedModel) -> Void) -> DiagnosisResult {
        var pmu = SimulatedPMU(name: "planted", model: SimulatedModel())
        change(&pmu.model)
        var bench = SimulatedBench(pmu, seed: 1)
        var result = diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench, skidLimit: 10_000)
        result.source = .hardware
        return result
    }

    private func frozen() -> DiagnosisResult { result { $0.freeze = .overflow } }

    private func machine(_ texts: [String: String], logged: [String] = []) throws -> Machine {
        var machine = try ReadinessMachine.read(texts)
        machine.atEnd = Machine.Ending(log: logged)
        return machine
    }

    @Test("A freeze on AMD is about DebugCtl, on Intel about IA32_DEBUGCTL and the boot parameter")
    func freeze() throws {
        let onAMD = try frozen().addressed(to: machine(ReadinessMachine.zen4))
        let advice = try #require(onAMD.findings.first).advice
        #expect(onAMD.findings.map(\.fault) == [.freezeOnPMI])
        #expect(advice.contains("bit 12 (FPMCI) of DebugCtl"))
        #expect(!advice.contains("IA32") && !advice.contains("perf_v4_pmi"))
        let onIntel = try #require(try frozen().addressed(to: machine(ReadinessMachine.skylake)).findings.first).advice
        #expect(onIntel.contains("IA32_DEBUGCTL") && onIntel.contains("perf_v4_pmi") && !onIntel.contains("FPMCI"))
    }

    @Test("No text for AMD or Arm names what only Intel has", arguments: VendorText.all)
    func foreignNames(text: VendorText) {
        for vendor in [ProcessorVendor.amd, .arm] where text.on(vendor) != text.general {
            for name in ["IA32", "perf_v4_pmi", "freeze_on_smi", "modprobe msr &&"] {
                #expect(!text.on(vendor).contains(name), "\(text.on(vendor))")
            }
        }
        #expect(text.on(nil) == text.general)
    }

    /// What a diagnosis says is looked up by its text.
    @Test("No two have the same general text")
    func unambiguous() {
        #expect(Set(VendorText.all.map(\.general)).count == VendorText.all.count)
    }

    @Test(
        "Zen's own causes are named where such a fault is found",
        arguments: [
            (.lockSurplus, "SpecLockMap"), (.inexactUninterrupted, "erratum 1292"), (.lostPMI, "erratum 1023"),
            (.latePMI, "2720"),
        ] as [(Fault, String)])
    func zen(fault: Fault, cause: String) throws {
        let known = try #require(KnownFault.of(fault))
        #expect(known.advice.on(.amd).contains(cause))
        let explanation = known.explanation
        let texts =
            explanation.whatHappens + explanation.whatToDo + explanation.references.map(\.text)
            + [explanation.places.cpus ?? ""]
        let word = cause.split(separator: " ").last ?? ""
        #expect(texts.contains { $0.contains(word) })
    }

    @Test("On AMD SMIs are counted by an event, since no register counts them")
    func smis() throws {
        let found = result {
            $0.smisPerSecond = 20
            $0.smiSurplus = CountRange(500, 60_000)
            $0.smiCountIsReadable = false
        }
        func commands(_ texts: [String: String]) throws -> [String] {
            try found.addressed(to: machine(texts)).findings.flatMap(\.notMeasured).map(\.command)
        }
        #expect(try commands(ReadinessMachine.skylake).contains { $0.contains("as root on Intel") })
        let onAMD = try commands(ReadinessMachine.zen4)
        #expect(onAMD.contains { $0.contains("-e r2b") } && !onAMD.contains { $0.contains("Intel") })
    }

    @Test("Advice that is not the fault's own stays, and so does all of a simulated PMU")
    func otherAdvice() throws {
        var induced = frozen()
        induced.findings[0].advice = "truecount did it"
        #expect(try induced.addressed(to: machine(ReadinessMachine.zen4)).findings[0].advice == "truecount did it")
        var simulated = frozen()
        simulated.source = .simulated
        #expect(try simulated.addressed(to: machine(ReadinessMachine.zen4)) == simulated)
    }

    private static let frozenLine =
        "Reserved PerfCntrGlobalStatus bits are set (0x800000000000000), please consider updating microcode"

    @Test("The kernel's own trace of a freeze is evidence of it, once, and of nothing else")
    func loggedFreeze() throws {
        let zen = try machine(ReadinessMachine.zen4, logged: ["perf: interrupt took too long", Self.frozenLine])
        let told = frozen().addressed(to: zen)
        #expect(told.findings[0].evidence.last?.contains("(0x800000000000000)") == true)
        #expect(told.addressed(to: zen) == told)
        let dropped = result { $0.drop = 6 }
        #expect(dropped.findings.map(\.fault) == [.pmiDrop])
        #expect(dropped.addressed(to: zen).findings[0].evidence == dropped.findings[0].evidence)
    }

    @Test(
        "Other reserved bits, and a line without a number, are no trace of a freeze",
        arguments: [
            "Reserved PerfCntrGlobalStatus bits are set (0x40), please consider updating microcode",
            "Reserved PerfCntrGlobalStatus bits are set", "Reserved PerfCntrGlobalStatus bits are set (0xfrog)",
        ])
    func otherBits(line: String) throws {
        let frozen = frozen()
        let zen = try machine(ReadinessMachine.zen4, logged: [line])
        #expect(frozen.addressed(to: zen).findings[0].evidence == frozen.findings[0].evidence)
    }
}
