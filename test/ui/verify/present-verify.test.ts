import {expect, it} from 'vitest';
import {openReporter} from '../../../source/ui/reporter.ts';
import {presentVerify} from '../../../source/ui/verify/present-verify.ts';
import {createFakeClock} from '../../helpers/fake-clock.ts';
import {createFakeTerminal} from '../../helpers/fake-terminal.ts';

const verifyPart = async (quiet: boolean): Promise<string> => {
	const terminal = createFakeTerminal({isInteractive: false});
	const choice = {json: false, quiet, verbose: false};
	const around = {terminal, clock: createFakeClock()};
	const view = await openReporter(choice, around, presentVerify(choice, around));
	view.handle({type: 'verify-started', source: 'acme', folder: '/srv/acme', repositories: 2000});
	view.handle({
		type: 'verified',
		source: 'acme',
		repository: 'acme/api',
		folder: 'acme#api',
		findings: [],
		isMarked: false,
		goneSince: undefined,
	});
	await view.close();
	return terminal.out();
};

it('a verification that was stopped says how far it came, unless it is quiet', async () => {
	expect(await verifyPart(false)).toBe(
		'  acme was not verified to its end: 1 of 2,000 repositories.\n',
	);
	expect(await verifyPart(true)).toBe('');
});
