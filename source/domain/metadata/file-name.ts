import {isDeviceName} from '../plan/layout.ts';

/** Code points: four bytes each at most, and no file system takes more than 255 bytes. */
const longest = 60;

/**
 * A name for each file, as close to its name upstream as one folder of any file system allows. A name
 * that another file has, be it in other letters, gets a number before it.
 */
export const nameFiles = (names: readonly string[]): readonly string[] => {
	const taken = new Set<string>();
	return names.map((name) => {
		const plain = toFileName(name);
		let own = plain;
		for (let number = 2; taken.has(foldCase(own)); number += 1) {
			own = `${number}-${plain}`;
		}

		taken.add(foldCase(own));
		return own;
	});
};

const foldCase = (name: string): string => name.toLowerCase().normalize('NFC');

/** Nothing that leads to another folder, that a terminal obeys, or that Windows takes for a device. */
const toFileName = (name: string): string => {
	const plain = name
		.normalize('NFC')
		.replaceAll(/[\\/:*?"<>|]|\p{C}/gu, '_')
		.replace(/^[. ~-]/, '_');
	const short = [...plain]
		.slice(-longest)
		.join('')
		.replace(/[. ]+$/, '_');
	return isDeviceName(short) ? `_${short}` : short;
};
