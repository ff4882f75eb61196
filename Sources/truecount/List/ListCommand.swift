import ArgumentParser

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show what there is: probes, workloads, events, PMUs, models, formats, the schema.",
        discussion: """
            One line an item, in plain columns, the name first, without a heading.

            Examples:
              truecount list workloads
              truecount list events | grep -i cond
              truecount list events --pmu skl
              truecount list pmus --format json
              truecount list models --parameters
              truecount list schema --output report.schema.json
            """,
        subcommands: [
            ListProbes.self, ListWorkloads.self, ListEvents.self, ListPMUs.self, ListModels.self, ListFormats.self,
            ListSchema.self,
        ])
}
