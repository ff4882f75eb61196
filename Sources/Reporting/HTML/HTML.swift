/// A piece of HTML. What is interpolated into its literals is escaped unless it is itself HTML, so a text that came
/// from a machine, a file or a command line cannot become markup anywhere, neither between tags nor in a quoted
/// attribute.
struct HTML: ExpressibleByStringInterpolation, Sendable, Hashable {
    private(set) var source: String

    init(stringLiteral value: String) { source = value }
    init(stringInterpolation: Interpolation) { source = stringInterpolation.source }

    private init(source: String) { self.source = source }

    struct Interpolation: StringInterpolationProtocol {
        fileprivate(set) var source = ""

        init(literalCapacity: Int, interpolationCount: Int) { source.reserveCapacity(literalCapacity * 2) }

        mutating func appendLiteral(_ literal: String) { source += literal }
        mutating func appendInterpolation(_ html: HTML) { source += html.source }
        mutating func appendInterpolation(_ pieces: [HTML]) { for piece in pieces { source += piece.source } }
        mutating func appendInterpolation(_ text: String) { source += markupEscaped(text) }
        mutating func appendInterpolation(_ number: Int) { source += String(number) }
    }

    /// JSON as the content of a script element. The only thing that ends such an element, or hides its end, begins with
    /// "<" (WHATWG HTML 4.12.1.3), and in JSON that character stands in strings alone, where it has an escape: what is
    /// read back is the same value.
    static func scriptData(json: String) -> HTML {
        HTML(source: json.split(separator: "<", omittingEmptySubsequences: false).joined(separator: #"\u003c"#))
    }

    /// Text of this package's own, as it is: the style sheet.
    static func trusted(_ bytes: [UInt8]) -> HTML { HTML(source: String(decoding: bytes, as: UTF8.self)) }
}
