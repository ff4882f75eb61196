/// A word of the kernel's command line that changes what is counted or how exactly.
public struct BootParameter: Codable, Sendable, Hashable {
    public var name: String
    /// Behind the equals sign; absent where there is none.
    public var value: String?
    /// What it does, as the kernel's source has it.
    public var meaning: String

    /// What the kernel's `kstrtobool()` and `strtobool()` take for true and false; nil for neither.
    var isOn: Bool? {
        switch value?.lowercased() {
        case "1", "y", "yes", "on", "t", "true": true
        case "0", "n", "no", "off", "f", "false": false
        default: nil
        }
    }
}

extension BootParameter {
    /// The kernel's own documentation calls `perf_v4_pmi=` "Disable Intel PMU counter freezing feature"; the code
    /// (arch/x86/events/intel/core.c of 4.20 to 5.10) enables it when true.
    private static let meanings = [
        "perf_v4_pmi": "turns freezing of the counters at a PMI on (1) or off (0); Linux 4.20 to 5.10",
        "disable_counter_freezing": "turns freezing of the counters at a PMI off; Linux 4.20-rc only",
        "nmi_watchdog": "whether the hard-lockup detector takes one counter of each CPU (0: no)",
        "nowatchdog": "turns the lockup detectors off, which frees their counter",
        "nosoftlockup": "turns the soft-lockup detector off",
        "mitigations": "chooses mitigations of CPU vulnerabilities, which change how system calls branch",
        "isolcpus": "keeps the scheduler from placing threads on some CPUs",
        "nohz_full": "stops the tick on CPUs that run one thread; throttled events are restarted by the tick",
        "rcu_nocbs": "moves RCU callbacks away from some CPUs",
        "nosmt": "uses one thread of each core",
        "maxcpus": "limits the CPUs that are brought up",
        "nolapic": "turns the local APIC off, and PMIs with it",
        "lapic": "turns the local APIC on",
        "lpj": "sets loops per jiffy without calibration",
        "tsx": "turns transactional memory on or off; aborted transactions count branches again",
        "tsx_async_abort": "chooses a mitigation that may turn transactional memory off",
        "lockdown": "may forbid to read MSRs",
        "noapic": "turns the IO-APIC off",
    ]

    /// The parameters of a command line that matter here, in its order. Words behind "--" are init's.
    static func parse(commandLine: String) -> [BootParameter] {
        var parameters: [BootParameter] = []
        for word in words(of: commandLine) {
            guard word != "--" else { break }
            let halves = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            // "-" and "_" are the same to the kernel (parameqn(), kernel/params.c).
            let name = String(halves[0].map { $0 == "-" ? "_" : $0 })
            guard let meaning = meanings[name] else { continue }
            parameters.append(
                BootParameter(name: name, value: halves.count == 2 ? String(halves[1]) : nil, meaning: meaning))
        }
        return parameters
    }

    /// The command line without what may be private: only the parameters that matter here keep their values, and of the
    /// words for init (behind "--") their number is left.
    package static func withoutPrivateValues(_ commandLine: String) -> String {
        let words = words(of: commandLine)
        let own = words.prefix { $0 != "--" }.map { word -> String in
            let halves = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(halves[0].map { $0 == "-" ? "_" : $0 })
            return halves.count == 1 || meanings[name] != nil ? word : "\(halves[0])=VALUE"
        }
        return (own + words.dropFirst(own.count).map { $0 == "--" ? $0 : "WORD" }).joined(separator: " ")
    }

    /// Blanks part words unless between double quotes (next_arg(), lib/cmdline.c).
    private static func words(of commandLine: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        for character in commandLine {
            if character == "\"" {
                isQuoted.toggle()
            } else if character.isWhitespace, !isQuoted {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        return word.isEmpty ? words : words + [word]
    }
}
