import Diagnosis
import Measurement

/// What a plan of runs can find, by simulated diagnoses: the output of `truecount power`.
public struct PowerReport: Codable, Sendable, Hashable {
    /// How long the plan takes on the machine that this ran on: the one part that is not simulated.
    public struct Duration: Codable, Sendable, Hashable {
        /// What counts here.
        public var source: CounterSource
        /// Seconds of the whole plan.
        public var seconds: Double
        /// Whether it was measured as it stands; else it follows from the plan's own budget and from the time that a
        /// quick diagnosis here spent beside its measured windows, run by run.
        public var isMeasured: Bool
        /// Runs and seconds of the diagnosis that was made here for it.
        public var measuredRuns: Int
        public var measuredSeconds: Double

        public init(
            source: CounterSource, seconds: Double, isMeasured: Bool, measuredRuns: Int, measuredSeconds: Double
        ) {
            self.source = source
            self.seconds = seconds
            self.isMeasured = isMeasured
            self.measuredRuns = measuredRuns
            self.measuredSeconds = measuredSeconds
        }
    }

    public var schemaVersion: Int
    public var tool: Tool
    /// Always `simulated`.
    public var source: CounterSource
    public var model: ReportedModel
    public var effort: Effort
    /// Of finding: 0.999.
    public var certainty: Double
    /// Runs of the plan.
    public var runs: Int
    public var rows: [PowerRow]
    /// Absent where no diagnosis could be made here.
    public var durationHere: Duration?

    public init(
        model: ReportedModel, effort: Effort, certainty: Double, runs: Int, rows: [PowerRow], durationHere: Duration?,
        tool: Tool = .current
    ) {
        schemaVersion = reportSchemaVersion
        self.tool = tool
        source = .simulated
        self.model = model
        self.effort = effort
        self.certainty = certainty
        self.runs = runs
        self.rows = rows
        self.durationHere = durationHere
    }

    /// Whether the formula and the simulated diagnoses agree in every row.
    public var agrees: Bool {
        rows.allSatisfy { row in [row.atEvery, row.atRarest, row.atHalf].allSatisfy { $0?.agrees ?? true } }
    }

    public func text(style: TextStyle = .plain) -> String {
        var lines = style.wrapped(
            "SIMULATED · \(effort.rawValue) plan of \(Figures.counted(UInt64(runs), "run")) on a model of a PMU"
                + " (\(printable(model.name)), skid \(printable(model.parameters["skid"] ?? "?"))); with"
                + " \(percent(certainty)) certainty it finds:", hanging: 2)
        lines.append("")
        for row in rows { lines += rowLines(row) }
        lines.append("")
        lines += durationLines(style)
        lines += style.wrapped(
            agrees
                ? "SIMULATED · formula and diagnoses agree"
                : "SIMULATED · FORMULA AND DIAGNOSES DISAGREE: believe the diagnoses", hanging: 2)
        return lines.joined(separator: "\n") + "\n"

        func rowLines(_ row: PowerRow) -> [String] {
            guard let rarest = row.rarest else {
                return style.wrapped("SIMULATED: not found at any rate: \(row.title)", indent: 2, hanging: 2)
            }
            let trials = [row.atEvery, row.atRarest, row.atHalf].compactMap { $0 }.map(trialsText)
            return style.wrapped(
                "SIMULATED: \(row.title), N up to \(Figures.grouped(rarest))", indent: 2, hanging: 2)
                + style.wrapped(
                    ([Figures.counted(row.occasions, row.unit) + " can show it"] + trials).joined(separator: "; "),
                    indent: 6)
        }
    }

    private func trialsText(_ trials: PowerRow.Trials) -> String {
        "at N = \(Figures.grouped(trials.oneIn)) \(trials.found) of \(trials.made) diagnoses found it (formula:"
            + " \(percent(trials.predicted))\(trials.agrees ? "" : ", WHICH DISAGREES")), \(trials.calledFaulty) saw it"
            + " again and called it faulty"
    }

    private func durationLines(_ style: TextStyle) -> [String] {
        guard let duration = durationHere else {
            return style.wrapped("how long it takes here is not known: no diagnosis can be made", hanging: 2)
        }
        let seconds = "\(Int(duration.seconds.rounded(.up))) s"
        let basis =
            duration.isMeasured
            ? "measured"
            : "from a quick diagnosis of \(duration.measuredRuns) runs in \(tenths(duration.measuredSeconds)) s"
        return style.wrapped(
            "takes \(duration.isMeasured ? "" : "about ")\(seconds) here, on the \(duration.source.rawValue) counter"
                + " (\(basis); not simulated)", hanging: 2)
    }

    private func percent(_ share: Double) -> String { "\(tenths(share * 100)) %" }

    private func tenths(_ value: Double) -> String {
        let tenths = UInt64((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
