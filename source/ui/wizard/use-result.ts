import {useEffect} from 'react';

/** Hands on how the questions ended, once they have. */
export const useResult = <Result>(
	result: Result | undefined,
	onResult: (result: Result) => void,
): void => {
	useEffect(() => {
		if (result !== undefined) {
			onResult(result);
		}
	}, [result, onResult]);
};
