import ArgumentParser
import Reporting

struct ListFormats: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "formats", abstract: "The forms that a report can be written in.")

    private struct Listing: Encodable {
        struct Format: Encodable {
            var name: String
            var purpose: String
        }

        var formats = ReportFormat.all.map { Format(name: $0.name, purpose: $0.purpose) }
    }

    @OptionGroup var output: OutputOptions

    func run() throws {
        let listing = Listing()
        try output.write(listing, to: output.destination()) { _ in
            var table = TextTable()
            for format in listing.formats { table.add(format.name, format.purpose) }
            return table.render()
        }
    }
}
