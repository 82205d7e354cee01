declare const __CISTERN_VERSION__: string;

/** The version in package.json, put here when the program is bundled. */
export const version =
	typeof __CISTERN_VERSION__ === 'string' ? __CISTERN_VERSION__ : '0.0.0-development';
