/**
 * Is a moment (RFC 3339) less than `age` milliseconds ago? Not if it is yet to come: a clock that ran
 * ahead once must not stop the reading for years.
 */
export const isYounger = (at: string | undefined, age: number, now: number): boolean => {
	const passed = now - Date.parse(at ?? '');
	return passed >= 0 && passed < age;
};
