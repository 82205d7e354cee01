import {execFileSync} from 'node:child_process';

/** Tests that start the program start what users start: the bundle, made from the sources as they are. */
export const setup = (): void => {
	execFileSync('npm', ['run', '--silent', 'build'], {stdio: 'inherit'});
};
