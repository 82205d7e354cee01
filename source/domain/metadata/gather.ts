import {isJsonList, isJsonObject} from '../json.ts';

/** Images that people put into a text lie at one of these addresses, and a token does not open them. */
const addresses =
	/https:\/\/(?:bitbucket\.org\/repo|bbuseruploads\.s3\.amazonaws\.com)\/[^\s"'<>()[\]\\]+/g;

/** The fields of an answer that hold a text of people. */
const texts: ReadonlySet<string> = new Set(['raw', 'html', 'description']);

/** Everything that is collected from all answers of a repository. */
export type Gathered = {
	/** Names of people by account id. Mentions in texts name only that id. */
	readonly people: Map<string, string>;
	/** Addresses of the images in texts. */
	readonly images: Set<string>;
};

/** Adds the people and the images of an answer. */
export const gather = (answer: unknown, {people, images}: Gathered): void => {
	const open = [answer];
	while (open.length > 0) {
		const one = open.pop();
		if (isJsonList(one)) {
			open.push(...one);
		} else if (isJsonObject(one)) {
			const {account_id: id, display_name: name} = one;
			if (typeof id === 'string' && typeof name === 'string' && name !== '') {
				people.set(id, name);
			}

			for (const [key, field] of Object.entries(one)) {
				if (typeof field !== 'string') {
					open.push(field);
				} else if (texts.has(key)) {
					for (const address of field.match(addresses) ?? []) {
						images.add(address);
					}
				}
			}
		}
	}
};
