/**
 * A token or password that cannot be printed by accident: as a string, in JSON and in Node's
 * inspect it reads `[secret]`. Only `reveal` gives the text.
 */
export class Secret {
	readonly #text: string;

	constructor(text: string) {
		this.#text = text;
	}

	reveal(): string {
		return this.#text;
	}

	/** The last four characters, enough to tell two tokens apart and too few to use one. */
	ending(): string {
		return this.#text.length > 12 ? this.#text.slice(-4) : '';
	}

	toString(): string {
		return '[secret]';
	}

	toJSON(): string {
		return '[secret]';
	}

	[Symbol.for('nodejs.util.inspect.custom')](): string {
		return '[secret]';
	}
}
