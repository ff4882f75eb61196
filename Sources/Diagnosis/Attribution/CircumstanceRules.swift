// Rules about runs in a circumstance: what the four arms do not show.
extension AttributionRule {
    static let circumstantial: [AttributionRule] = []
}
