import Simulation
import Testing

@Suite("A simulated PMU is chosen by name, and every parameter can be given")
struct ChoiceTests {
    static func refusal(of text: String) -> String? {
        do throws(SimulatedPMUError) {
            _ = try SimulatedPMU(parsing: text)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("A name alone is its preset", arguments: Preset.all.map(\.name))
    func presets(name: String) throws {
        let pmu = try SimulatedPMU(parsing: name)
        #expect(pmu.name == name && pmu.seed == nil)
        #expect(pmu.model == Preset.named(name)?.model)
    }

    @Test("Names of presets and keys of parameters are unique, and the presets at least 30")
    func unique() {
        #expect(Set(Preset.all.map(\.name)).count == Preset.all.count)
        #expect(Set(ModelParameter.all.map(\.key)).count == ModelParameter.all.count)
        #expect(Preset.all.count >= 30)
    }

    @Test("Only a preset that is meant to be healthy differs from the default in nothing that counts")
    func faultsDiffer() {
        for preset in Preset.all where preset.fault != nil {
            #expect(!preset.pmu.differences.isEmpty, "\(preset.name)")
        }
    }

    @Test("Values replace the preset's, the last one wins, and seed is one of them")
    func overrides() throws {
        let pmu = try SimulatedPMU(parsing: "skylake-4.20,skid=5-40,drop=1,drop=2,seed=7,freeze=delivery,pinned=no")
        #expect(pmu.model.skid == .uniform(low: 5, high: 40))
        #expect(pmu.model.drop == 2 && pmu.model.freeze == .delivery && !pmu.model.isPinned && pmu.seed == 7)
        #expect(pmu.parameters["skid"] == "5-40" && pmu.parameters["seed"] == "7")
        #expect(
            try SimulatedPMU(parsing: "healthy-zen2,skid=tail:100:900").model.skid
                == .longTailed(mean: 100, largest: 900))
    }

    @Test("Every parameter of every preset reads back as it is written")
    func roundTrip() throws {
        for preset in Preset.all {
            let assignments = ModelParameter.all.compactMap { parameter in
                preset.pmu.parameters[parameter.key].map { "\(parameter.key)=\($0)" }
            }
            let text = (["healthy-skylake"] + assignments).joined(separator: ",")
            #expect(try SimulatedPMU(parsing: text).model == preset.model, "\(preset.name)")
        }
    }

    @Test(
        "A mistake is named, with what was meant and what is allowed",
        arguments: [
            ("skylake-4.2", ["'skylake-4.2'", "skylake-4.20"]), ("", ["''"]), ("helthy-zen2", ["healthy-zen2"]),
            ("skylake-4.20,skidd=4", ["'skidd'", "did you mean skid?"]),
            ("skylake-4.20,drop", ["'drop'", "key=value"]),
            ("skylake-4.20,", ["key=value"]), ("skylake-4.20,width=200", ["width", "'200'", "16 to 63"]),
            ("skylake-4.20,freeze=sometimes", ["freeze", "none, overflow, delivery"]),
            ("skylake-4.20,skid=40-5", ["skid", "'40-5'"]), ("skylake-4.20,skid=tail:9:10", ["skid"]),
            ("skylake-4.20,drop=-1", ["drop", "'-1'"]), ("skylake-4.20,drop=+1", ["drop"]),
            ("skylake-4.20,drop=99999999999999999999", ["drop", "0 to"]), ("skylake-4.20,seed=x", ["seed"]),
            ("skylake-4.20,pinned=maybe", ["pinned", "yes or no"]), ("skylake-4.20,drop=1=2", ["drop", "'1=2'"]),
        ])
    func mistakes(text: String, parts: [String]) throws {
        let message = try #require(Self.refusal(of: text))
        #expect(!message.contains("\n"))
        for part in parts { #expect(message.contains(part), "\(message)") }
    }
}
