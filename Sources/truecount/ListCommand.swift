import ArgumentParser
import Diagnosis
import PerfEvents
import Reporting
import Simulation
import Workloads

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List probes, workloads, events, PMUs, models or formats, or print the report's schema.",
        discussion: """
            Prints one line per item, in plain columns without a heading, the name first.

            Examples:
              truecount list workloads
              truecount list events | grep -i cond
              truecount list events --pmu skl
              truecount list pmus --format json
              truecount list models --parameters
              truecount list schema --output report.schema.json
            """,
        subcommands: [Probes.self, Workloads.self, Events.self, PMUs.self, Models.self, Formats.self, Schema.self])
}

/// What most lists have of an item.
private struct NamedItem: Encodable {
    /// As it is typed.
    var name: String
    var summary: String
}

extension OutputOptions {
    /// A line an item; in JSON an object with one member, the array of the items.
    fileprivate func list<Item: Encodable>(
        _ name: String, _ items: [Item], row: (inout TextTable, Item) -> Void
    ) throws {
        try write([name: items], to: destination()) { style in
            var table = TextTable()
            for item in items { row(&table, item) }
            return table.render(style)
        }
    }

    fileprivate func list(_ name: String, _ items: [NamedItem]) throws {
        try list(name, items) { $0.add($1.name, $1.summary) }
    }
}

/// libpfm4's tables.
private func catalog() throws(Failure) -> EventCatalog {
    do throws(EventNameError) {
        return try EventCatalog()
    } catch {
        throw Failure(status: .unsupported, message: error.description)
    }
}

extension ListCommand {
    struct Probes: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "probes", abstract: "The questions that a diagnosis asks.")

        @OptionGroup var output: OutputOptions

        func run() throws {
            try output.list("probes", ProbeDescription.all) { $0.add($1.id, $1.question) }
        }
    }

    struct Workloads: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "workloads", abstract: "The loops of machine code whose branches are counted.")

        @OptionGroup var output: OutputOptions

        func run() throws {
            try output.list("workloads", Workload.all.map { NamedItem(name: $0.name, summary: $0.summary) })
        }
    }

    struct Events: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "events",
            abstract: "The events that --event accepts, with their unit masks.",
            discussion: """
                Without --pmu, lists the events of this CPU's PMUs.

                Examples:
                  truecount list events | grep -i branch
                  truecount list events --pmu skl
                """)

        private struct Item: Encodable {
            var pmu: String
            /// As `--event` takes it.
            var name: String
            var summary: String
        }

        @Option(
            help: ArgumentHelp(
                "List the events of this PMU, by its libpfm4 name. It need not be in this machine.",
                valueName: "name"))
        var pmu: String?

        @OptionGroup var output: OutputOptions

        func run() throws {
            let catalog = try catalog()
            let items = try pmus(catalog).flatMap { Self.items(of: $0, catalog) }
            try output.list("events", items) { $0.add($1.name, $1.summary) }
        }

        private func pmus(_ catalog: EventCatalog) throws(Failure) -> [PMUInfo] {
            guard let pmu else { return catalog.pmus.filter(\.isPresent) }
            let named = catalog.pmus.filter { $0.name == pmu }
            guard !named.isEmpty else {
                throw .usage("--pmu \(pmu) is not a PMU of libpfm4's; truecount list pmus shows them")
            }
            return named
        }

        /// The event itself and one for each of its unit masks. Modifiers are the same for all and are left out.
        private static func items(of pmu: PMUInfo, _ catalog: EventCatalog) -> [Item] {
            catalog.events(of: pmu).flatMap { event in
                let name = "\(pmu.name)::\(event.name)"
                return [Item(pmu: pmu.name, name: name, summary: event.summary)]
                    + catalog.attributes(of: event).filter { $0.kind == .unitMask }.map {
                        Item(pmu: pmu.name, name: "\(name):\($0.name)", summary: $0.summary)
                    }
            }
        }
    }

    struct PMUs: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pmus",
            abstract: "The PMUs that libpfm4 has event tables for, this CPU's first.",
            discussion: """
                "present" means that this CPU model has it. Whether Linux or the hypervisor lets you use it is shown by \
                truecount info.

                Example:
                  truecount list pmus | grep present
                """)

        @OptionGroup var output: OutputOptions

        func run() throws {
            let pmus = try catalog().pmus
            try output.list("pmus", pmus.filter(\.isPresent) + pmus.filter { !$0.isPresent }) { table, pmu in
                table.add(
                    pmu.name, pmu.isPresent ? "present" : "absent", pmu.kind.rawValue, "\(pmu.events) events",
                    pmu.summary)
            }
        }
    }

    struct Models: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "models",
            abstract: "The simulated PMUs for --pmu simulated:MODEL, or their parameters.")

        @Flag(help: "List the parameters instead: key, default, range, meaning.")
        var parameters = false

        @OptionGroup var output: OutputOptions

        private struct Model: Encodable {
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

        private struct Parameter: Encodable {
            var key: String
            var preset: String
            var allowed: String
            var meaning: String
        }

        func run() throws {
            guard parameters else {
                return try output.list("models", Preset.all.map(Model.init)) { table, model in
                    let needs = model.needs.map { "; needs \($0)" } ?? ""
                    table.add(model.name, model.fault ?? "healthy", model.summary + needs)
                }
            }
            let defaults = SimulatedPMU(name: "", model: SimulatedModel()).parameters
            let items = ModelParameter.all.map {
                Parameter(key: $0.key, preset: defaults[$0.key] ?? "", allowed: $0.allowed, meaning: $0.meaning)
            }
            try output.list("parameters", items) { $0.add($1.key, $1.preset, $1.allowed, $1.meaning) }
        }
    }

    struct Formats: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "formats", abstract: "The formats that a report can be written in.")

        private struct Item: Encodable {
            var name: String
            var purpose: String
        }

        @OptionGroup var output: OutputOptions

        func run() throws {
            let items = ReportFormat.all.map { Item(name: $0.name, purpose: $0.purpose) }
            try output.list("formats", items) { $0.add($1.name, $1.purpose) }
        }
    }

    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "schema", abstract: "The JSON Schema (2020-12) of the report.")

        @OptionGroup var file: FileOption

        func run() throws { try StandardStreams.write(ReportSchema.json, to: file.destination()) }
    }
}
