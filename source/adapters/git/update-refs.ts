import type {RefCommand, RefTransaction} from '../../domain/history/history.ts';
import {splitByCaseConflicts} from '../../domain/history/split-by-case-conflicts.ts';

type RunWithInput = (args: readonly string[], input?: string) => Promise<unknown>;

/**
 * Applies transactions in order, each whole before the next begins, but that refs which differ in
 * their spelling alone are never loose at once: a transaction that has such is cut in pieces.
 */
export const updateRefs = async (
	git: RunWithInput,
	transactions: readonly RefTransaction[],
): Promise<void> => {
	const steps = splitByCaseConflicts(transactions, ({ref}) => ref);
	for (const step of steps) {
		const input = step.filter(({length}) => length > 0).map(formatTransaction);
		if (input.length > 0) {
			await git(['update-ref', '--no-deref', '-z', '--stdin'], input.join(''));
		}

		if (steps.length > 1) {
			await git(['pack-refs', '--all']);
		}
	}
};

/** The transaction that makes new refs. */
export const createAll = (refs: Iterable<readonly [string, string]>): RefTransaction =>
	[...refs].map(([ref, to]) => ({kind: 'create', ref, to}));

/** git-update-ref(1), "-z": a NUL behind each value, so that any name that git allows is safe. */
const formatTransaction = (transaction: RefTransaction): string =>
	`start\0${transaction.map(formatCommand).join('')}prepare\0commit\0`;

const formatCommand = (command: RefCommand): string => {
	switch (command.kind) {
		case 'create':
			return `create ${command.ref}\0${command.to}\0`;
		case 'update':
			return `update ${command.ref}\0${command.to}\0${command.from}\0`;
		case 'delete':
			return `delete ${command.ref}\0${command.from}\0`;
	}
};
