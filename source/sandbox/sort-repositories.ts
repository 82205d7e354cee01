import type {SandboxRepository} from './model.ts';

const keys: Readonly<Record<string, (repository: SandboxRepository) => string | number>> = {
	slug: ({slug}) => slug,
	name: ({name}) => name,
	full_name: ({workspace, slug}) => `${workspace}/${slug}`,
	uuid: ({uuid}) => uuid,
	size: ({size}) => size,
	created_on: ({createdOn}) => createdOn,
	updated_on: ({createdOn}) => createdOn,
};

/** `sort=name` or `sort=-name`, one field only. A field that is not known changes nothing. */
export const sortBy = (
	repositories: readonly SandboxRepository[],
	sort: string | null,
): readonly SandboxRepository[] => {
	const keyOf = keys[(sort ?? '').replace(/^-/, '')];
	if (keyOf === undefined) {
		return repositories;
	}
	const direction = sort?.startsWith('-') ? -1 : 1;
	return repositories.toSorted((left, right) => {
		const [first, second] = [keyOf(left), keyOf(right)];
		return first < second ? -direction : first > second ? direction : 0;
	});
};
