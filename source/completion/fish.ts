import {formatAnswer, type Shell} from './shell.ts';

const script = `# Completion of cistern for fish. It evaluates neither names nor what was typed.
function __cistern_complete
	set -l typed (commandline --current-token --cut-at-cursor)
	set -l current (string unescape -- "$typed"; or string trim --left --chars '"\\'' -- "$typed")
	set -l before (commandline --current-process --tokenize --cut-at-cursor)
	set -l answer (command cistern complete fish -- $before "$current" 2>/dev/null </dev/null)
	if set -q answer[2]
		printf '%s\\n' $answer[2..-1]
		return
	end
	set -l option (string match --regex -- '^--[^=]+=' "$current")
	set -l path (string replace --regex -- '^--[^=]+=' '' "$current")
	switch "$answer"
		case files
			printf '%s\\n' "$option"(__fish_complete_path "$path")
		case folders
			printf '%s\\n' "$option"(__fish_complete_directories "$path" '')
	end
end
complete --command cistern --no-files --arguments '(__cistern_complete)'
`;

export const fish: Shell = {
	script,
	answer: async (handed, suggest) =>
		// fish quotes the word by itself.
		formatAnswer(await suggest(handed.slice(0, -1), handed.at(-1) ?? ''), ({word, about}) =>
			[word, ...(about === undefined ? [] : [about])].join('\t'),
		),
};
