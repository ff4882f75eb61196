import Glibc
import Testing

/// One object file without a .note.GNU-stack is enough for the linker to ask for an executable stack.
@Suite("The assembly asks for nothing that it does not need")
struct ExecutableStackTests {
    @Test("The stack of a program with these workloads is not executable")
    func stack() throws {
        let maps = try #require(fopen("/proc/self/maps", "r"))
        defer { fclose(maps) }
        var stack: String?
        var line = [CChar](repeating: 0, count: 4096)
        while fgets(&line, CInt(line.count), maps) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            if text.contains("[stack]") { stack = text }
        }
        let permissions = try #require(stack?.split(separator: " ").dropFirst().first)
        #expect(permissions == "rw-p")
    }
}
