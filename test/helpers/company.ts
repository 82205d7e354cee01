import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {onTestFinished} from 'vitest';
import {type Sandbox, startSandbox} from '../../source/sandbox/start-sandbox.ts';
import {addAccess} from './backup.ts';
import {type CompanyProxy, startProxy} from './proxy.ts';

const fixture = (name: string): string => resolve('test/fixtures/tls', name);

/** The certificate of the authority that signed the sandbox's; only the company's computers trust it. */
export const authorityFile = fixture('authority.pem');

/**
 * A company's network: Bitbucket is called `bitbucket.test`, which no name server knows and only
 * the proxy reaches, and shows a certificate that the company's own authority signed.
 */
export const startCompany = async (): Promise<{sandbox: Sandbox; proxy: CompanyProxy}> => {
	const sandbox = await startSandbox({
		tls: {
			key: readFileSync(fixture('server.key'), 'utf8'),
			cert: readFileSync(fixture('server.pem'), 'utf8'),
			hostname: 'bitbucket.test',
		},
	});
	onTestFinished(() => sandbox.close());
	addAccess(sandbox);
	sandbox.addWorkspace({slug: 'acme'});
	return {sandbox, proxy: await startProxy()};
};
