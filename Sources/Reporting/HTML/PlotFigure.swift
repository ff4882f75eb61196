/// What all plots share: a heading, the drawing, and a sentence that says what is seen in it.
enum PlotFigure {
    static func figure(id: String, title: String, caption: String, frame: PlotFrame, marks: [HTML]) -> HTML {
        """
        <figure>
        <h3>\(title)</h3>
        \(frame.svg(id: id, title: title, description: caption, marks: marks))\
        <figcaption>\(caption)</figcaption>
        </figure>

        """
    }

    /// "0 to 2,010 branches missing", "3 to 7 branches too many", "between 3 too many and 10 missing".
    static func range(_ least: Int64, _ greatest: Int64) -> String {
        let (low, high) = (Figures.grouped(least.magnitude), Figures.grouped(greatest.magnitude))
        if least < 0, greatest > 0 { return "between \(low) branches too many and \(high) missing" }
        if least < 0 { return (least == greatest ? low : "\(high) to \(low)") + " branches too many" }
        return (least == greatest ? low : "\(low) to \(high)") + " branches missing"
    }
}
