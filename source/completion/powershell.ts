import {formatAnswer, type Shell} from './shell.ts';

const script = `# Completion of cistern for PowerShell. It evaluates neither names nor what was typed.
Register-ArgumentCompleter -Native -CommandName cistern -ScriptBlock {
	param($wordToComplete, $commandAst, $cursorPosition)
	$before = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object {
		if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text }
	})
	# PowerShell drops an empty argument, so the current word stands behind an equals sign.
	$current = '=' + $wordToComplete.Trim([char[]]"'""")
	$program = Get-Command cistern -CommandType Application, ExternalScript -ErrorAction SilentlyContinue | Select-Object -First 1
	& $program complete powershell -- @before $current 2>$null | Select-Object -Skip 1 | ForEach-Object {
		$written, $word, $about = $_ -split "\`t", 3
		[System.Management.Automation.CompletionResult]::new($written, $word, 'ParameterValue', $about)
	}
}
`;

export const powershell: Shell = {
	script,
	answer: async (handed, suggest) => {
		const current = (handed.at(-1) ?? '').replace(/^=/, '');
		return formatAnswer(await suggest(handed.slice(0, -1), current), ({word, about = word}) =>
			[quoted(word), word, about].join('\t'),
		);
	},
};

/** In single quotes, in which PowerShell reads nothing but a quote, of whichever form. */
const quoted = (word: string): string =>
	/^[\p{L}\p{N}_./=-]+$/u.test(word) ? word : `'${word.replaceAll(/['‘’‚‛]/g, '$&$&')}'`;
