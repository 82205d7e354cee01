import {readFile} from 'node:fs/promises';
import tls from 'node:tls';
import type {Environment} from '../../domain/settings/variables.ts';

/** Variables by which a company's certificate authority is made known to programs besides Node. */
const variables = ['GIT_SSL_CAINFO', 'SSL_CERT_FILE'];

/**
 * Everybody that this machine trusts: Node's own list with `NODE_EXTRA_CA_CERTS`, the system's,
 * and what the variables of git and OpenSSL, or git's configuration, name. Takes a while.
 */
export const trustAll = async (
	environment: Environment,
	gitFile: string | undefined,
): Promise<tls.SecureContext> => {
	const files = [gitFile, ...variables.map((name) => environment[name])];
	const named = await Promise.all(files.map(readCertificates));
	return tls.createSecureContext({ca: [...standard(), ...named.flat()]});
};

/** Node 22.15 tells both lists; before, those it brings are all that can be asked for. */
const standard = (): readonly string[] =>
	tls.getCACertificates === undefined
		? tls.rootCertificates
		: [...tls.getCACertificates('default'), ...tls.getCACertificates('system')];

/** A file that is not there or holds no certificate is nobody's authority; what is missing tells. */
const readCertificates = async (file: string | undefined): Promise<readonly string[]> => {
	if (file === undefined || file === '') {
		return [];
	}

	const text = await readFile(file, 'utf8').catch(() => '');
	return text.includes('-----BEGIN CERTIFICATE-----') ? [text] : [];
};
