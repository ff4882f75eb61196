import Glibc
import Reporting

/// The page that GitHub Actions shows for a job: Markdown at the end of the file that `GITHUB_STEP_SUMMARY` names.
enum StepSummary {
    /// Does nothing outside of GitHub Actions.
    ///
    /// - Throws: `OutputError`, or what rendering throws.
    static func append(_ report: Report) throws {
        guard let path = getenv("GITHUB_STEP_SUMMARY").map({ String(cString: $0) }), !path.isEmpty,
            let page = try ReportFormat.named("markdown")?.render(report)
        else { return }
        try appendToFile(at: path, Array("\(page)\n".utf8))
    }
}
