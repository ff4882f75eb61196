import ArgumentParser
import Diagnosis
import PerfEvents

/// `--probe`: one probe by its id, or the ones that a verdict needs.
struct ProbeChoice: Hashable {
    let ids: Set<String>

    private static let arms = "arms"

    /// - Throws: `ValidationError`, which names the nearest ids.
    static func parse(_ text: String) throws -> ProbeChoice {
        if text == arms { return ProbeChoice(ids: ProbeDescription.arms) }
        let known = ProbeDescription.all.map(\.id)
        guard known.contains(text) else {
            let near = NearNames.of(text, among: known + [arms])
            let hint = near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"
            throw ValidationError("there is no probe \(text)\(hint) (all: truecount list probes)")
        }
        return ProbeChoice(ids: [text])
    }
}
