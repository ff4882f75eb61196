import ArgumentParser
import Reporting
import Workloads

struct ListWorkloads: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workloads", abstract: "The loops of machine code whose branches are counted.")

    private struct Row: Encodable {
        var name: String
        var summary: String
    }

    private struct Listing: Encodable {
        var workloads = Workload.all.map { Row(name: $0.name, summary: $0.summary) }
    }

    @OptionGroup var output: OutputOptions

    func run() throws {
        let listing = Listing()
        try output.write(listing, to: output.destination()) { _ in
            var table = TextTable()
            for workload in listing.workloads { table.add(workload.name, workload.summary) }
            return table.render()
        }
    }
}
