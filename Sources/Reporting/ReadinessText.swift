import Diagnosis

/// Whether rr will work, as a person reads it: a line each check, what rr never looks at, and the answer.
struct ReadinessText {
    let style: TextStyle

    func lines(_ readiness: RRReadiness) -> [String] {
        let asked = readiness.checks.filter { $0.answer != .notAsked }
        let width = asked.map { word($0.answer).count }.max() ?? 0
        var lines = [style.coloured("Will rr work here? Its own checks:", .strong)]
        for check in asked {
            let answer = word(check.answer).padded(to: width)
            let text = "\(answer)  \(check.question) \(check.reason) (\(check.name))"
            let wrapped = style.wrapped(printable(text), indent: 2, hanging: width + 2)
            lines += wrapped
        }
        lines.append(style.coloured("What rr never looks at:", .strong))
        for blindSpot in readiness.blindSpots {
            let here = blindSpot.here.map { "; here: \($0)" } ?? ""
            lines += style.wrapped(printable(blindSpot.sentence + here), indent: 2, hanging: 2)
        }
        return lines + style.wrapped("\(readiness.outlook.word) · \(printable(readiness.conclusion))", hanging: 2)
    }

    private func word(_ answer: RRReadiness.Answer) -> String {
        switch answer {
        case .yes: "yes"
        case .no: "no"
        case .onlyRR: "only rr can tell"
        case .measure: "measure it"
        case .notAsked: "not asked"
        }
    }
}

extension RRReadiness.Outlook {
    fileprivate var word: String {
        switch self {
        case .no: "NO"
        case .misled: "MISLED"
        case .open: "OPEN"
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
