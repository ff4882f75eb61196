/// What ArgumentParser's completion scripts miss: values with a colon or an equals sign, such as `simulated:MODEL` and
/// `json=FILE`.
enum CompletionScript {
    static func mended(_ script: String) -> String {
        script.replacing("complete -o filenames -F _truecount truecount", with: bashEnd)
            // In a list of zsh's _describe, what follows a bare colon is a description.
            .replacing("'simulated:", with: "'simulated\\:")
            .replacing(zshDescription, with: zshDescriptions)
            // fish tells no cursor to `complete -C`: it is at the end of the word.
            .replacing("(__truecount_tokens -tC)", with: "(string length -- (commandline -t))")
    }

    private static let zshDescription = """
            _describe -V '' non_empty_completions -- empty_completions -P $'\\'\\''
        """

    /// A value that ends with an equals sign goes on: no space behind it.
    private static let zshDescriptions = """
            local -ar open_completions=("${(M)non_empty_completions[@]:#*=}")
            local -ar closed_completions=("${non_empty_completions[@]:#*=}")
            (( ${#open_completions} )) && compadd -V '' -S '' -a open_completions
            _describe -V '' closed_completions -- empty_completions -P $'\\'\\''
        """

    /// Bash breaks words at the colons and equals signs of COMP_WORDBREAKS. The words are put together again, and of each
    /// offer is left what bash has not seen yet as a word of its own.
    private static let bashEnd = #"""
        _truecount_whole_words() {
            local rest="${COMP_LINE}" breaks='' word trimmed
            local -a words=()
            local -i index whole=0 joins=0
            for ((index = 0; index < ${#COMP_WORDS[@]}; index++)); do
                word="${COMP_WORDS[index]}"
                trimmed="${rest#"${rest%%[![:space:]]*}"}"
                joins=0
                [[ "${#words[@]}" -gt 0 && "${trimmed}" = "${rest}" && -n "${rest}" ]] && joins=1
                rest="${trimmed#"${word}"}"
                if ((joins)) && [[ "${words[-1]}" = --* && "${words[-1]}" != *=* && "${word}" = '=' ]]; then
                    # --option=value: two words.
                    words+=('')
                elif ((joins)); then
                    words[-1]+="${word}"
                else
                    words+=("${word}")
                fi
                ((index == COMP_CWORD)) && whole=$((${#words[@]} - 1))
            done
            local -a COMP_WORDS=("${words[@]}")
            local -i COMP_CWORD="${whole}"
            word="${words[whole]}"
            _truecount "${1}" "${word}" "${words[whole - 1]}"
            [[ "${COMP_WORDBREAKS}" = *:* ]] && breaks+=':'
            [[ "${COMP_WORDBREAKS}" = *=* ]] && breaks+='='
            if [[ -n "${breaks}" && "${word}" = *["${breaks}"]* ]]; then
                COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*["${breaks}"]}"}"}")
            fi
            # Names of files are quoted where they have to be; values are not, whose colons would be.
            local option='+o'
            [[ -e "${COMPREPLY[0]}" ]] && option='-o'
            [[ "${#COMPREPLY[@]}" -gt 0 ]] && compopt "${option}" filenames 2>/dev/null
            [[ "${COMPREPLY[*]}" = *= ]] && compopt -o nospace 2>/dev/null
            return 0
        }
        complete -F _truecount_whole_words truecount
        """#
}
