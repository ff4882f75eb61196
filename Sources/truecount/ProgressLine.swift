import Diagnosis
import Glibc
import Reporting

/// A single line on the terminal that says how far a diagnosis is, and is gone at its end.
struct ProgressLine {
    private let isShown = Terminal.canShowProgress
    private var current = ""

    mutating func show(_ progress: DiagnosisProgress) {
        guard isShown else { return }
        let text = "\(printable(progress.probe)) · run \(progress.runsDone) of \(progress.runsPlanned)"
        // One column is left free: a terminal goes on to the next line when the last one is filled.
        replace(with: String(text.prefix(Terminal.errorColumns - 1)))
    }

    mutating func erase() {
        guard isShown else { return }
        replace(with: "")
    }

    private mutating func replace(with text: String) {
        guard text != current else { return }
        current = text
        // Return to the first column, and clear to the end of the line (ECMA-48, CR and EL).
        try? OutputDestination.standardError.write(Array("\r\u{1B}[K\(text)".utf8))
    }
}
