import {expect, it} from 'vitest';
import type {Failure} from '../../../source/domain/failure/failure.ts';
import {textStyleForOut} from '../../../source/ui/text/layout.ts';
import {addProof, formatRehearsed, newProofs} from '../../../source/ui/verify/report.ts';
import {createFakeTerminal} from '../../helpers/fake-terminal.ts';

const advise = (failure: Failure): string => {
	const proofs = newProofs();
	addProof(proofs, 'acme/api', {state: 'failed', failure});
	const text = formatRehearsed(proofs, textStyleForOut(createFakeTerminal({isInteractive: false})));
	return text.replaceAll(/\s+/g, ' ');
};

it('a rehearsal that fails says if the copy is the cause', () => {
	const tooLong: Failure = {kind: 'checkout-impossible', file: 'x', detail: 'File name too long'};
	expect(advise(tooLong)).toContain('The saved copy is whole.');
	expect(advise(tooLong)).not.toContain('run cistern to repair it');
	expect(advise({kind: 'mirror-unusable', path: '/srv', detail: 'bad object'})).toContain(
		'run cistern to repair it',
	);
});
