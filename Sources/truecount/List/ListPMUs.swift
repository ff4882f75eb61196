import ArgumentParser
import PerfEvents
import Reporting

struct ListPMUs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pmus",
        abstract: "The PMUs that libpfm4 has event tables for, those of this CPU first.",
        discussion: """
            "present" is what the CPU's model says. Whether Linux, or a hypervisor, lets that PMU be used is another \
            question: see truecount info.

            Example:
              truecount list pmus | grep present
            """)

    private struct Listing: Encodable {
        var pmus: [PMUInfo]
    }

    @OptionGroup var output: OutputOptions

    func run() throws {
        let pmus = try catalog().pmus
        let listing = Listing(pmus: pmus.filter(\.isPresent) + pmus.filter { !$0.isPresent })
        try output.write(listing, to: output.destination()) { _ in
            var table = TextTable()
            for pmu in listing.pmus {
                table.add(
                    pmu.name, pmu.isPresent ? "present" : "absent", pmu.kind.rawValue, "\(pmu.events) events",
                    pmu.summary)
            }
            return table.render()
        }
    }
}

/// libpfm4's tables.
func catalog() throws(Failure) -> EventCatalog {
    do throws(EventNameError) {
        return try EventCatalog()
    } catch {
        throw Failure(status: .unsupported, message: error.description)
    }
}
