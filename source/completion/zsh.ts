import {formatAnswer, type Shell} from './shell.ts';

const script = `#compdef cistern
# Completion of cistern for zsh. It evaluates neither names nor what was typed.
_cistern() {
	local answer
	local -a lines
	answer=$(command cistern complete zsh -- "\${(@Q)words[1,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null </dev/null)
	lines=("\${(@f)answer}")
	if (( $#lines > 1 )); then
		local -a suggestions
		suggestions=("\${(@)lines[2,-1]}")
		_describe cistern suggestions
		return
	fi
	compset -P '--*='
	case $lines[1] in
		files) _files ;;
		folders) _files -/ ;;
	esac
}
if [ "$funcstack[1]" = _cistern ]; then _cistern "$@"; else compdef _cistern cistern; fi
`;

export const zsh: Shell = {
	script,
	answer: async (handed, suggest) =>
		formatAnswer(await suggest(handed.slice(0, -1), handed.at(-1) ?? ''), ({word, about}) =>
			// The form of `_describe`. zsh quotes the word by itself.
			[word.replaceAll(/[\\:]/g, '\\$&'), ...(about === undefined ? [] : [about])].join(':'),
		),
};
