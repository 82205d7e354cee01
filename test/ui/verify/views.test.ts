import {expect, it} from 'vitest';
import {chooseVerifyView} from '../../../source/ui/verify/views.ts';
import {createFakeClock} from '../../helpers/fake-clock.ts';
import {createFakeTerminal} from '../../helpers/fake-terminal.ts';

const verifyPart = async (quiet: boolean): Promise<string> => {
	const terminal = createFakeTerminal({isInteractive: false});
	const view = await chooseVerifyView({json: false, quiet}, {terminal, clock: createFakeClock()});
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
	view.close();
	return terminal.out();
};

it('a verification that was stopped says how far it came, unless it is quiet', async () => {
	expect(await verifyPart(false)).toBe(
		'  acme was not verified to its end: 1 of 2,000 repositories.\n',
	);
	expect(await verifyPart(true)).toBe('');
});
