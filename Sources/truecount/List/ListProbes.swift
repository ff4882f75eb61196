import ArgumentParser
import Diagnosis
import Reporting

struct ListProbes: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probes", abstract: "The questions that a diagnosis asks.")

    private struct Listing: Encodable {
        var probes = ProbeDescription.all
    }

    @OptionGroup var output: OutputOptions

    func run() throws {
        let listing = Listing()
        try output.write(listing, to: output.destination()) { _ in
            var table = TextTable()
            for probe in listing.probes { table.add(probe.id, probe.question) }
            return table.render()
        }
    }
}
