import ArgumentParser
import Reporting
import Simulation

struct ListModels: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "The simulated PMUs that --pmu simulated:MODEL knows, or their parameters.")

    @Flag(help: "List the parameters instead: key, default, range and meaning.")
    var parameters = false

    @OptionGroup var output: OutputOptions

    private struct ModelRow: Encodable {
        var name: String
        var summary: String
        var fault: String?
        var needs: String?
        var source: String
        var parameters: [String: String]

        init(_ preset: Preset) {
            name = preset.name
            summary = preset.summary
            fault = preset.fault
            needs = preset.needs
            source = preset.source
            parameters = preset.pmu.parameters
        }
    }

    private struct ModelListing: Encodable {
        var models = Preset.all.map(ModelRow.init)
    }

    private struct ParameterRow: Encodable {
        var key: String
        var preset: String
        var allowed: String
        var meaning: String
    }

    private struct ParameterListing: Encodable {
        var parameters: [ParameterRow]

        init() {
            let defaults = SimulatedPMU(name: "", model: SimulatedModel()).parameters
            parameters = ModelParameter.all.map {
                ParameterRow(
                    key: $0.key, preset: defaults[$0.key] ?? "", allowed: $0.allowed,
                    meaning: $0.meaning)
            }
        }
    }

    func run() throws {
        if parameters {
            let listing = ParameterListing()
            try output.write(listing, to: output.destination()) { _ in
                var table = TextTable()
                for row in listing.parameters { table.add(row.key, row.preset, row.allowed, row.meaning) }
                return table.render()
            }
        } else {
            let listing = ModelListing()
            try output.write(listing, to: output.destination()) { _ in
                var table = TextTable()
                for row in listing.models {
                    table.add(row.name, row.fault ?? "healthy", row.summary + (row.needs.map { "; needs \($0)" } ?? ""))
                }
                return table.render()
            }
        }
    }
}
