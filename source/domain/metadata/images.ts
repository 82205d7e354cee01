import {isJsonList, isJsonObject} from './normalise.ts';

/** Images that people put into a text lie at one of these addresses, and a token does not open them. */
const addresses =
	/https:\/\/(?:bitbucket\.org\/repo|bbuseruploads\.s3\.amazonaws\.com)\/[^\s"'<>()[\]\\]+/g;

/** Adds the addresses of all images in the texts of an answer. */
export const addImages = (value: unknown, images: Set<string>): void => {
	const open = [value];
	while (open.length > 0) {
		const one = open.pop();
		if (isJsonList(one)) {
			open.push(...one);
		} else if (isJsonObject(one)) {
			for (const [name, field] of Object.entries(one)) {
				if (typeof field !== 'string') {
					open.push(field);
				} else if (name === 'raw' || name === 'html' || name === 'description') {
					for (const address of field.match(addresses) ?? []) {
						images.add(address);
					}
				}
			}
		}
	}
};
