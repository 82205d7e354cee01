import {isJsonList, isJsonObject} from './normalise.ts';

/** Adds the name of each person in an answer, by account id. Mentions in texts name only that id. */
export const addPeople = (value: unknown, people: Map<string, string>): void => {
	const open = [value];
	while (open.length > 0) {
		const one = open.pop();
		if (isJsonList(one)) {
			open.push(...one);
		} else if (isJsonObject(one)) {
			const {account_id: id, display_name: name} = one;
			if (typeof id === 'string' && typeof name === 'string' && name !== '') {
				people.set(id, name);
			}

			open.push(...Object.values(one));
		}
	}
};
