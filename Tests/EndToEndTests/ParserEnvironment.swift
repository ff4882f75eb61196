import Glibc
import Synchronization

/// Python with the parsers and validators of the worlds that a report is written for, at the versions that
/// `Parsers/requirements.txt` pins. Made once, in the user's cache, and shared by every checkout.
enum ParserEnvironment {
    /// The interpreter; nil where it cannot be made.
    static let python: String? = make("requirements.txt")

    /// The folder of the commands of another one, with the linters of the worlds that recipes are for.
    static let linters: String? = make("linters.txt").map { String($0.dropLast("/python".count)) }

    /// The interpreter of a third, with the SQL engines that recipes are for: 440 MB, Spark's most of it.
    static let engines: String? = make("engines.txt")

    static let reason = "needs python3 with venv (Debian: python3-venv), and once a Python package index"

    /// Runs one of the scripts in `Parsers`, which prints what its parser understood.
    static func run(_ script: String, _ arguments: String...) throws -> ProgramOutcome {
        // -B: no bytecode beside the sources.
        try Program(path: python ?? "/nonexistent").run(["-B", "\(folder)/\(script).py"] + arguments)
    }

    private static var folder: String {
        let file = #filePath
        return file.prefix(upTo: file.lastIndex(of: "/") ?? file.startIndex) + "/Parsers"
    }

    private static func make(_ list: String) -> String? {
        let requirements = "\(folder)/\(list)"
        let home = variable("XDG_CACHE_HOME") ?? variable("HOME").map { "\($0)/.cache" } ?? "/var/tmp"
        let root = "\(home)/truecount-tests"
        let name = "python-\(fingerprint(lines(ofFile: requirements)))"
        let (final, temporary) = ("\(root)/\(name)", "\(root)/.\(name).\(getpid())")
        if access("\(final)/bin/python", X_OK) == 0 { return "\(final)/bin/python" }
        // A package index is often named by variables, which a program of ours otherwise does not get.
        let passed = [
            "HOME", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "PIP_FIND_LINKS", "http_proxy", "https_proxy", "no_proxy",
        ]
        let environment = Dictionary(
            uniqueKeysWithValues: passed.compactMap { name in variable(name).map { (name, $0) } })
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]
        // Commands begin with the path of their interpreter, which is about to take its final name.
        let rename = "grep -lIr '^#!\(temporary)/' '\(temporary)/bin' | xargs -r sed -i '1s|\(temporary)|\(final)|'"
        for (program, arguments) in [
            ("mkdir", ["-p", root]), ("python3", ["-m", "venv", temporary]), ("\(temporary)/bin/python", install),
            ("sh", ["-c", rename]),
            // Whoever was first wins: a whole folder takes its name at once.
            ("mv", ["-T", temporary, final]),
        ] {
            let outcome = try? Program(path: program).run(arguments, environment: environment, limit: 300)
            guard outcome?.termination == .exited(0) else { break }
        }
        _ = try? Program(path: "rm").run(["-rf", temporary])
        return access("\(final)/bin/python", X_OK) == 0 ? "\(final)/bin/python" : nil
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// FNV-1a: another list of packages makes another folder.
    private static func fingerprint(_ lines: [Substring]) -> String {
        let hash = lines.joined(separator: "\n").utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        return String(hash, radix: 16)
    }
}
