import CPerf

/// The words of the command line behind the program's name. `CommandLine.arguments` is empty where there is no /proc.
enum ProgramArguments {
    static let all: [String] = {
        var count: CInt = 0
        guard let values = cperf_arguments(&count), count > 0 else { return Array(CommandLine.arguments.dropFirst()) }
        return (1..<max(1, Int(count))).compactMap { values[$0].map { String(cString: $0) } }
    }()
}
