import type {BackupEvent} from '../domain/run/events.ts';
import {describeEvent} from './describe-event.ts';

/** What a run's log file says about an event that came at `now` (milliseconds since 1970). */
export const toLogLines = (event: BackupEvent, now: number): readonly string[] =>
	describeEvent(event, now).map(({text}) => `${new Date(now).toISOString()} ${text}`);
