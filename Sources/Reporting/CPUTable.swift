import Diagnosis
import Measurement

/// A line for the CPUs that say the same: their numbers, core type, runs and PMIs, verdict and faults.
struct CPUTable {
    let style: TextStyle
    let source: CounterSource

    private struct Row {
        var cpus: [Int]
        var coreType: String?
        var verdict: Verdict
        var faults: [Fault]
        var runs: UInt64
        var pmis: UInt64

        init(_ result: CPUResult) {
            (cpus, coreType, verdict) = ([result.cpu], result.coreType, result.verdict)
            (faults, runs, pmis) = (result.faults, UInt64(result.runs), result.pmis)
        }

        func says(sameAs other: Row) -> Bool {
            coreType == other.coreType && verdict == other.verdict && faults == other.faults
        }
    }

    func lines(_ results: [CPUResult]) -> [String] {
        var rows: [Row] = []
        for row in results.map(Row.init) {
            if let index = rows.firstIndex(where: { $0.says(sameAs: row) }) {
                rows[index].cpus += row.cpus
                rows[index].runs += row.runs
                rows[index].pmis += row.pmis
            } else {
                rows.append(row)
            }
        }
        return rows.isEmpty ? [] : [""] + rows.flatMap(line)
    }

    private func line(_ row: Row) -> [String] {
        // A row that is copied out of its report must still say what counted (DESIGN.md, "Honesty").
        let label =
            switch source {
            case .hardware: ""
            case .breakpoint: "breakpoint: "
            case .simulated: "SIMULATED: "
            }
        let faults = row.faults.map(\.rawValue).joined(separator: ", ")
        let cells: [String?] = [
            "CPU \(cpuListText(row.cpus))", row.coreType, Figures.counted(row.runs, "run"),
            Figures.counted(row.pmis, "PMI"),
            row.verdict.rawValue, faults.isEmpty ? nil : faults,
        ]
        return style.wrapped(label + cells.compactMap { $0 }.joined(separator: " · "), indent: 2, hanging: 2)
    }
}
