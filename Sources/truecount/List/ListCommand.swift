import ArgumentParser

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show what there is: probes, workloads, events, PMUs, models of PMUs.",
        discussion: """
            One line an item, in plain columns, the name first, without a heading.

            Examples:
              truecount list workloads
              truecount list events | grep -i cond
              truecount list events --pmu skl
              truecount list pmus --format json
              truecount list models --parameters
            """,
        subcommands: [ListProbes.self, ListWorkloads.self, ListEvents.self, ListPMUs.self, ListModels.self])
}
