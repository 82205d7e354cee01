/** Plain words stay as they are; cron's shell and systemd both take double quotes. */
export const quote = (word: string): string =>
	/^[\w./:@%+=,-]+$/.test(word) ? word : `"${word.replaceAll(/["\\$`]/g, '\\$&')}"`;
