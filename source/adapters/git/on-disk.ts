import {asMirrorFailure} from './run-git.ts';

/** What is done to a mirror's files without git fails as git would. */
export const onDisk = async <Result>(
	mirror: string,
	act: () => Promise<Result>,
): Promise<Result> => {
	try {
		return await act();
	} catch (error) {
		throw asMirrorFailure(error, mirror);
	}
};
