import Recording
import Reporting

/// Answers of recordings and replays, as a part of a line.
enum RecordingText {
    /// "yes", or "no: from event 12 (fault) on, after 3 PMIs, 10 less than recorded; 40 less at the end".
    static func answer(_ check: CountCheck, _ reference: String) -> String {
        guard let first = check.first else { return "yes" }
        let pmis = first.pmisBefore == 0 ? "before any PMI" : "after \(Figures.counted(first.pmisBefore, "PMI"))"
        return
            "no: from event \(first.event) (\(first.kind.name)) on, \(pmis), \(size(first.deficit)) than \(reference); "
            + "\(Figures.counted(check.differing, "event")) in all, \(size(check.deficitAtEnd)) at the end"
    }

    static func answer(_ atPMIs: PMICheck) -> String {
        guard let apparent = atPMIs.apparentSkid else { return "none came" }
        let skid = atPMIs.skid.map { "skid \(range($0)), as the counter has it \(range(apparent))" }
        guard atPMIs.located > 0 else { return "apparent skid \(range(apparent))" }
        guard atPMIs.losing > 0 else { return "yes; skid \(range(apparent))" }
        return
            "no: \(Figures.counted(atPMIs.losing, "PMI")) had lost counts when the interrupt was taken; \(skid ?? "")"
    }

    /// "10 less", "3 more", "as many".
    static func size(_ deficit: Int64) -> String {
        deficit == 0
            ? "as many" : Figures.grouped(deficit.magnitude) + (deficit > 0 ? " less" : " more")
    }

    static func range(_ range: SkidRange) -> String {
        range.min == range.max ? "\(range.min)" : "\(range.min) to \(range.max)"
    }
}
