import Diagnosis
import Foundation
import Reporting
import Testing

/// A shell that is asked what it offers at the end of a line.
enum Shell: String, CaseIterable, CustomTestStringConvertible {
    case bash, zsh, fish

    var testDescription: String { rawValue }

    static let available = allCases.filter { FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0.rawValue)") }

    /// Takes the completion script and a line.
    private var arguments: [String] {
        switch self {
        case .bash: ["--norc", "-c", Self.bashOffers, "bash"]
        case .zsh: ["-f", "-c", Self.zshOffers, "zsh"]
        case .fish: ["--no-config", "-c", "source $argv[1]; complete -C $argv[2]"]
        }
    }

    /// Words are broken as readline does it (COMP_WORDBREAKS): at colons and equals signs, too.
    private static let bashOffers = #"""
        source "$1" || exit
        COMP_LINE="$2" COMP_POINT=${#2} COMP_TYPE=9 COMP_KEY=9 COMP_WORDS=() rest="$2"
        while [[ -n $rest ]]; do
            case $rest in
            [[:space:]]*) rest="${rest#?}" ;;
            [:=]*) COMP_WORDS+=("${rest:0:1}"); rest="${rest#?}" ;;
            *) word="${rest%%[[:space:]:=]*}"; COMP_WORDS+=("$word"); rest="${rest#"$word"}" ;;
            esac
        done
        [[ $2 = *[[:space:]] ]] && COMP_WORDS+=('')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        current="${COMP_WORDS[COMP_CWORD]}"
        [[ $current = [:=] ]] && current=''
        name="$(complete -p truecount)"; name="${name##*-F }"
        "${name%% *}" truecount "$current" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\n' "${COMPREPLY[@]}"
        """#

    /// Its line editor is asked, in a terminal of its own. What compadd(1) takes is what is offered.
    private static let zshOffers = #"""
        zmodload zsh/zpty
        fifo=${1:h}/offers
        mkfifo $fifo
        zpty shell zsh -f -i
        zpty -w shell "PROMPT= RPROMPT=; stty -echo; autoload -Uz compinit; compinit -u -D; source ${(q)1}"
        zpty -w shell "
        function compadd {
            local -a hits
            if [[ \$@[1,(i)(-|--)] != *-(O|A|D)\\ * ]]; then builtin compadd -O hits \"\$@\"; found+=(\"\$hits[@]\"); fi
            builtin compadd \"\$@\"
        }
        function offer { typeset -ga found=(); _main_complete; print -rl -- \$found > ${(q)fifo}; compstate[insert]= }
        zle -C offer list-choices offer; bindkey '^X' offer
        "
        zpty -w -n shell "$2"$'\C-X'
        cat $fifo
        zpty -d shell
        """#

    /// What it offers, in a folder with two files and a folder. Slashes of folders and descriptions are left out.
    func offers(_ line: String) throws -> Set<String> {
        let folder = try TemporaryFolder()
        let script = try Program.truecount.run(["--generate-completion-script", rawValue])
        #expect(script.termination == .exited(0) && script.errors.isEmpty)
        try folder.add("script", script.output)
        for name in ["report.json", "other.json"] { try folder.add(name, "{}") }
        try FileManager.default.createDirectory(atPath: "\(folder.path)/reports", withIntermediateDirectories: true)
        let program = Program.truecount.path
        let path = "\(program.prefix(upTo: program.lastIndex(of: "/") ?? program.startIndex)):/usr/bin:/bin"
        let outcome = try Program(path: rawValue)
            .launched(by: "env", "-C", folder.path).run(
                arguments + ["\(folder.path)/script", line],
                environment: ["PATH": path, "TERM": "dumb", "HOME": folder.path, "LC_ALL": "C.UTF-8"])
        #expect(outcome.termination == .exited(0), "\(outcome.errors)")
        return Set(
            outcome.output.split(separator: "\n").map { offer in
                let name = offer.prefix { $0 != "\t" }
                return String(name.hasSuffix("/") ? name.dropLast() : name)
            })
    }
}

@Suite("Completions in real shells")
struct CompletionTests {
    private static let models = ["simulated:skylake-4.20", "simulated:skylake-5.10-perf-v4-pmi"]

    /// Lines, and what every shell offers at their ends.
    private static let lines: [(line: String, offers: Set<String>)] = [
        ("truecount diag", ["diagnose"]), ("truecount experiments re", ["record", "replay"]),
        ("truecount recipe la", ["lava"]), ("truecount list sch", ["schema"]),
        ("truecount diagnose --pmu b", ["breakpoint"]), ("truecount diagnose --pmu simulated:sky", Set(models)),
        ("truecount diagnose --format j", ["json", "junit"]), ("truecount diagnose --color a", ["auto", "always"]),
        ("truecount diagnose --exit-codes b", ["bisect"]), ("truecount diagnose --cpu a", ["all"]),
        ("truecount diagnose --probe byst", ["bystander"]),
        ("truecount explain freeze", Set(FaultExplanation.all.map(\.slug).filter { $0.hasPrefix("freeze") })),
        // Files go where files go.
        ("truecount diagnose --output rep", ["report.json", "reports"]), ("truecount diagnose -o oth", ["other.json"]),
        ("truecount report rep", ["report.json", "reports"]), ("truecount report x --baseline oth", ["other.json"]),
        ("truecount experiments replay oth", ["other.json"]), ("truecount recipe lava -o rep", ["reports"]),
        ("truecount diagnose --report j", ["json=", "junit="]),
        ("truecount diagnose --report json=rep", ["json=report.json", "json=reports"]),
    ]

    @Test("Commands, options' values and files are offered", arguments: Shell.available, lines.indices)
    func offers(shell: Shell, index: Int) throws {
        let (line, offers) = Self.lines[index]
        var expected = offers
        // What stands before the last colon or equals sign is a word of its own to bash, and stays as it is.
        if shell == .bash, let last = line.split(separator: " ").last,
            let sign = last.lastIndex(where: { ":=".contains($0) })
        {
            let typed = last[...sign]
            expected = Set(offers.map { String($0.dropFirst(typed.count)) })
        }
        #expect(try shell.offers(line) == expected, "\(line)")
    }

    @Test("A value may stand behind an equals sign", arguments: Shell.available.filter { $0 != .zsh })
    func equalsSign(shell: Shell) throws {
        let offers = try shell.offers("truecount diagnose --pmu=simulated:sky")
        #expect(offers == Set(Self.models.map { shell == .bash ? String($0.dropFirst(10)) : "--pmu=\($0)" }))
    }

    @Test("The values of --pmu hold every simulated PMU", arguments: Shell.available)
    func simulated(shell: Shell) throws {
        let models = try Program.truecount.run(["list", "models"]).output.split(separator: "\n")
            .map { "simulated:\($0.prefix { $0 != " " })" }
        #expect(try shell.offers("truecount diagnose --pmu ") == Set(["auto", "hardware", "breakpoint"] + models))
    }

    @Test("bash's own line editor completes a model behind its colon", .enabled(if: OnTerminal.isPossible))
    func lineEditor() throws {
        let folder = try TemporaryFolder()
        try folder.add("script", Program.truecount.run(["--generate-completion-script", "bash"]).output)
        let shell = try RunningProgram(
            Program(path: "script"), ["-qec", "bash --norc --noprofile -i", "/dev/null"],
            environment: ["TERM": "dumb", "PS1": "> "])
        shell.type("source \(folder.path)/script && echo 'rea''dy'\r")
        #expect(shell.read { $0.output.contains("ready\r\n") })
        // Behind the completed word comes a space, and then what is typed next.
        shell.type("echo truecount; truecount diagnose --pmu simulated:healthy-sk\t#\r")
        #expect(shell.read { $0.output.contains("--pmu simulated:healthy-skylake #") }, "\(shell.output)")
        shell.type("exit\r")
        _ = shell.finish()
    }

    @Test("Every shell that this is for is tried")
    func shells() {
        #expect(Shell.available == Shell.allCases, "install zsh and fish")
    }
}
