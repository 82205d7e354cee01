import type {ThirdParty} from './third-party.ts';

type Licence = {readonly license: {readonly id: string}} | {readonly expression: string};

/** A piece of software in a package, as CycloneDX 1.6 writes it. */
export type Component = {
	readonly type: 'application' | 'library' | 'platform';
	readonly 'bom-ref': string;
	readonly group?: string;
	readonly name: string;
	readonly version: string;
	readonly purl: string;
	/** The name by which databases of known holes know it. */
	readonly cpe?: string;
	readonly licenses?: readonly Licence[];
	readonly properties?: readonly {readonly name: string; readonly value: string}[];
};

/** The content of sbom.cdx.json. Without a date and a serial number, two builds make the same bytes. */
export type Sbom = {
	readonly $schema: string;
	readonly bomFormat: 'CycloneDX';
	readonly specVersion: '1.6';
	readonly version: 1;
	readonly metadata: {readonly component: Component};
	readonly components: readonly Component[];
	readonly dependencies: readonly {readonly ref: string; readonly dependsOn: readonly string[]}[];
};

/** The program and all that is bundled into it. */
export const makeSbom = (version: string, thirdParties: readonly ThirdParty[]): Sbom => {
	const program = describePackage({name: 'cistern', version, licence: 'MIT'}, 'application');
	return withComponents(
		{
			$schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
			bomFormat: 'CycloneDX',
			specVersion: '1.6',
			version: 1,
			metadata: {component: program},
			components: [],
			dependencies: [],
		},
		thirdParties.map((thirdParty) => describePackage(thirdParty, 'library')),
	);
};

/** The same with more components, on which the program depends as on the others. */
export const withComponents = (sbom: Sbom, more: readonly Component[]): Sbom => {
	const components = [...sbom.components, ...more];
	const refs = components.map((component) => component['bom-ref']);
	return {
		...sbom,
		components,
		dependencies: [
			{ref: sbom.metadata.component['bom-ref'], dependsOn: refs},
			...refs.map((ref) => ({ref, dependsOn: []})),
		],
	};
};

export const formatSbom = (sbom: Sbom): string => `${JSON.stringify(sbom, null, '\t')}\n`;

const describePackage = (
	{name, version, licence}: Pick<ThirdParty, 'name' | 'version' | 'licence'>,
	type: Component['type'],
): Component => {
	const [ownName = '', group] = name.split('/').toReversed();
	const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
	return {
		type,
		'bom-ref': purl,
		...(group === undefined ? {} : {group}),
		name: ownName,
		version,
		purl,
		licenses: [licence.includes(' ') ? {expression: licence} : {license: {id: licence}}],
	};
};
