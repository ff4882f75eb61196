import ArgumentParser
import PerfEvents
import Reporting

struct ListEvents: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "The events that --event takes, with their unit masks.",
        discussion: """
            Without --pmu those of the PMUs that this CPU has.

            Examples:
              truecount list events | grep -i branch
              truecount list events --pmu skl
            """)

    private struct Row: Encodable {
        var pmu: String
        /// As `--event` takes it.
        var name: String
        var summary: String
    }

    private struct Listing: Encodable {
        var events: [Row]
    }

    @Option(help: ArgumentHelp("Those of this PMU of libpfm4's, which need not be present.", valueName: "name"))
    var pmu: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let catalog = try catalog()
        let listing = Listing(events: try pmus(catalog).flatMap { Self.rows(of: $0, catalog) })
        try output.write(listing, to: output.destination()) { _ in
            var table = TextTable()
            for event in listing.events { table.add(event.name, event.summary) }
            return table.render()
        }
    }

    private func pmus(_ catalog: EventCatalog) throws(Failure) -> [PMUInfo] {
        guard let pmu else { return catalog.pmus.filter(\.isPresent) }
        let named = catalog.pmus.filter { $0.name == pmu }
        guard !named.isEmpty else {
            throw .usage("--pmu \(pmu) is not a PMU of libpfm4's; truecount list pmus shows them")
        }
        return named
    }

    /// The event itself and one row for each of its unit masks. Modifiers are the same for all and are left out.
    private static func rows(of pmu: PMUInfo, _ catalog: EventCatalog) -> [Row] {
        catalog.events(of: pmu).flatMap { event in
            let name = "\(pmu.name)::\(event.name)"
            return [Row(pmu: pmu.name, name: name, summary: event.summary)]
                + catalog.attributes(of: event).filter { $0.kind == .unitMask }.map {
                    Row(pmu: pmu.name, name: "\(name):\($0.name)", summary: $0.summary)
                }
        }
    }
}
