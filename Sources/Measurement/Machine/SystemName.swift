import Glibc

/// What uname(2) says of the running kernel.
struct SystemName: Sendable, Hashable {
    let release: String
    let version: String
    let machine: String

    /// Nil where the kernel does not answer.
    init?() {
        var names = utsname()
        guard uname(&names) == 0 else { return nil }
        release = withUnsafeBytes(of: names.release, Self.text)
        version = withUnsafeBytes(of: names.version, Self.text)
        machine = withUnsafeBytes(of: names.machine, Self.text)
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
