import FoundationEssentials

/// The JSON that a page was made of, inside the page, and the button that saves it. The script is this package's only
/// one.
enum SavedJSON {
    /// SHA-256 of `script`, as a content security policy names it. A browser that finds another one runs nothing, and
    /// the test in a browser then sees no saved file.
    static let scriptHash = "sha256-2FkBm1cxsrNgVlm9LA5DCjBhNjtoJYTFlFDxv2nn4yk="

    /// The text is saved as it stands: parsing it would lose digits beyond 2^53.
    static let script: HTML =
        #"""
        document.getElementById("save").addEventListener("click", function () {
          var text = document.getElementById("json").textContent.trim() + "\n";
          var link = document.createElement("a");
          link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
          link.download = this.dataset.name;
          link.click();
        });
        """#

    static func section(_ value: some Encodable, title: String, fileName: String) throws -> HTML {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        let json = String(decoding: try encoder.encode(value), as: UTF8.self)
        let size = Figures.grouped(UInt64((json.utf8.count + 1023) / 1024))
        return """
            <section class="save">
            <h2>\(title)</h2>
            <p>This page holds all of it, every run and every PMI that was kept.
            <button type="button" id="save" data-name="\(fileName)">Save the JSON (\(size) KiB)</button></p>
            <script type="application/json" id="json">
            \(HTML.scriptData(json: json))
            </script>
            <script>\(script)</script>
            </section>

            """
    }
}
