import type {Message} from '../domain/tell/message.ts';
import type {Target, TargetKind} from '../domain/tell/target.ts';

export type Sent =
	| {readonly state: 'sent'}
	/** `mayPass`: a second try may help. `reason` is printable and holds no secret. */
	| {readonly state: 'failed'; readonly reason: string; readonly mayPass: boolean};

/** Tells people and programs how a run went. It never sees the credentials of a source. */
export interface Telling {
	/** Name of this computer. */
	readonly host: string;

	/** Loads the library of a kind that needs a large one, for messages that are sure to go. */
	prepare(kinds: readonly TargetKind[]): void;

	/** One attempt. Never throws but the signal's reason when it aborts. */
	send(target: Target, message: Message, signal: AbortSignal): Promise<Sent>;

	/** Tells a check that a run began. Nothing for targets of other kinds. */
	sendStart(target: Target, run: string, signal: AbortSignal): Promise<Sent>;

	/** The memory for the settings file of this path. Never throws. */
	recall(settings: string): Promise<string | undefined>;

	/** Never throws: if it cannot be kept, a target may get the next message twice. */
	remember(settings: string, text: string): Promise<void>;
}
