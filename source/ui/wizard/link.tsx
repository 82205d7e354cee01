import {Text} from 'ink';
import {useLooks} from './look-context.tsx';

/** An address, clickable where the terminal can (OSC 8), else as it is. `address` has no scheme. */
export const Link = ({address}: {readonly address: string}) => {
	const {hasLinks} = useLooks();
	return (
		<Text>
			{hasLinks ? `\u001B]8;;https://${address}\u0007${address}\u001B]8;;\u0007` : address}
		</Text>
	);
};
