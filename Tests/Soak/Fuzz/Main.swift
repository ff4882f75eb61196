import Glibc

#if FUZZING
    /// libFuzzer's own loop (compiler-rt, FuzzerInterface.h), which `-sanitize=fuzzer` links.
    @_silgen_name("LLVMFuzzerRunDriver")
    private func runDriver(
        _ count: UnsafeMutablePointer<CInt>,
        _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
        _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
    ) -> CInt
#endif

nonisolated(unsafe) private var target = FuzzTarget.records

/// `fuzz TARGET FILE...` reads each file once. Built with `-sanitize=fuzzer -D FUZZING` it is `fuzz TARGET [libFuzzer's
/// arguments]` (Tests/Soak/soak builds it so).
@main
enum Fuzz {
    static func main() {
        guard CommandLine.argc > 1, let chosen = FuzzTarget(rawValue: CommandLine.arguments[1]) else {
            let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: " | ")
            complain("usage: fuzz \(names) FILE...")
            exit(64)
        }
        target = chosen
        #if FUZZING
            fuzz()
        #else
            for file in CommandLine.arguments.dropFirst(2) { replay(file) }
        #endif
    }

    #if FUZZING
        private static func fuzz() {
            var count = CommandLine.argc - 1
            var arguments = CommandLine.unsafeArgv + 1
            arguments[0] = CommandLine.unsafeArgv[0]
            exit(
                withUnsafeMutablePointer(to: &arguments) { arguments in
                    runDriver(&count, arguments) { bytes, count in
                        target.read(UnsafeRawBufferPointer(start: bytes, count: count))
                        return 0
                    }
                })
        }
    #endif

    private static func complain(_ line: String) {
        _ = "\(line)\n".withCString { write(STDERR_FILENO, $0, strlen($0)) }
    }

    private static func replay(_ file: String) {
        guard let stream = fopen(file, "r") else {
            complain("fuzz: cannot read \(file)")
            exit(1)
        }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        while case let byte = fgetc(stream), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        bytes.withUnsafeBytes { target.read($0) }
    }
}
