/** A repository to serve: its name, and the bare repository that answers for it. */
export type Offer = {readonly slug: string; readonly path: string; readonly size?: number};

export type ServerRequest =
	/** From now on these, and no others. */
	| {readonly type: 'offer'; readonly repositories: readonly Offer[]}
	/** Milliseconds before every answer. */
	| {readonly type: 'delay'; readonly duration: number}
	/** How many requests came since the last count. */
	| {readonly type: 'count'};

export type Counts = {readonly api: number; readonly git: number};

export type ServerAnswer =
	| {readonly type: 'listening'; readonly port: number}
	| {readonly type: 'done'; readonly counts: Counts};

export const workspace = 'acme';
