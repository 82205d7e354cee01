import {describe, expect, it} from 'vitest';
import {type Form, fits, is, parseJson} from '../../source/domain/json.ts';

const form: Form = {
	kind: is.oneOf('large', 'small'),
	name: is.text,
	at: is.optional(is.time),
	sizes: is.listOf(is.count),
	weights: is.mapOf(is.number, (key) => key.startsWith('of-')),
	box: is.optional(is.objectOf({isOpen: is.flag})),
};

const good = {kind: 'small', name: 'a', sizes: [0, 1], weights: {'of-a': 1.5}};

describe('a form', () => {
	it('lets other fields pass, and needs no is.optional one', () => {
		expect(fits(good, form)).toBe(true);
		expect(fits({...good, other: null}, form)).toBe(true);
		expect(fits({...good, at: '2026-11-30T18:00:00Z', box: {isOpen: true}}, form)).toBe(true);
	});

	it.each([
		{...good, kind: 'middle'},
		{...good, name: undefined},
		{...good, at: 'soon'},
		{...good, at: null},
		{...good, sizes: [-1]},
		{...good, sizes: {0: 0}},
		{...good, weights: {a: 1.5}},
		{...good, weights: {'of-a': '1.5'}},
		{...good, weights: [1.5]},
		{...good, box: {isOpen: 'yes'}},
		{...good, box: [true]},
		[good],
		null,
		undefined,
	])('refuses %j', (value) => {
		expect(fits(value, form)).toBe(false);
	});
});

it('reads no value out of a text that is no JSON', () => {
	expect(parseJson('{"a":[1]}')).toEqual({a: [1]});
	expect(parseJson('{"a":')).toBeUndefined();
	expect(parseJson(undefined)).toBeUndefined();
});
