import {describe, expect, it} from 'vitest';
import {
	describeTarget,
	proposeMailServer,
	readTargetAnswer,
} from '../../../source/domain/answers/target-answer.ts';

const kindOf = (text: string): string => {
	const answer = readTargetAnswer(text);
	return typeof answer === 'string' ? answer : answer.kind;
};

describe('the answer to who is to be told', () => {
	it.each([
		['', 'nobody'],
		['ann@example.com', 'email'],
		['mailto:ann@example.com', 'email'],
		['ann@example.com; ben@example.com', 'email'],
		['https://ntfy.sh/my-topic', 'ntfy'],
		['ntfy.sh/my-topic', 'ntfy'],
		['http://ntfy.home.arpa:8080/nightly', 'ntfy'],
		['https://hc-ping.com/6f6d9d54-6a4e-4ef0-a34f-27f7f1f4f9b1', 'ping'],
		['https://checks.example.com/ping/6f6d9d54-6a4e-4ef0-a34f-27f7f1f4f9b1', 'ping'],
		['https://kuma.example.com/api/push/abc?status=up&msg=OK', 'ping'],
		['https://hooks.slack.com/services/T0/B0/x', 'slack'],
		['https://discord.com/api/webhooks/1/x', 'discord'],
		['https://ptb.discordapp.com/api/webhooks/1/x', 'discord'],
		['https://acme.webhook.office.com/webhookb2/x', 'teams'],
		['https://prod-01.westus.logic.azure.com:443/workflows/x/triggers/manual', 'teams'],
		['https://default1.2.environment.api.powerplatform.com:443/powerautomate/x', 'teams'],
		['https://example.com/backup', 'webhook'],
		['https://hc-ping.com/%HC_UUID%', 'ping'],
	])('recognises "%s" as %s', (text, kind) => {
		expect(kindOf(text)).toBe(kind);
	});

	it.each([
		['ann', 'neither an e-mail address nor a link'],
		['ann@example', 'neither'],
		['ann@example.com, ben', 'neither'],
		['ftp://example.com/x', 'neither'],
		['https://acme.slack.com/archives/C01', 'a page of Slack'],
		['https://discord.com/channels/1/2', 'a page of Discord'],
		['https://healthchecks.io/checks/6f6d9d54/details/', 'a page of healthchecks.io'],
		['https://teams.microsoft.com/l/channel/x', 'a page of Teams'],
		['https://ntfy.sh', 'ends with a topic'],
	])('refuses "%s" with a sentence', (text, words) => {
		expect(kindOf(text)).toContain(words);
	});

	it('shows an address, and of a link the host alone', () => {
		const shown = (text: string): string => {
			const answer = readTargetAnswer(text);
			return typeof answer === 'string' || answer.kind === 'nobody' ? '' : describeTarget(answer);
		};
		expect(shown('https://hooks.slack.com/services/s3cret')).toBe('slack at hooks.slack.com');
		expect(shown('ann@example.com;ben@example.com')).toBe('ann@example.com, ben@example.com');
	});

	it('guesses the mail server of an address', () => {
		expect(proposeMailServer('ann@example.com;ben@example.org')).toBe('smtp.example.com:587');
	});
});
