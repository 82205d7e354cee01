import {metadata} from '../metadata/metadata.ts';
import type {FollowUp} from '../session.ts';
import {offSite} from '../store/off-site.ts';

/** The work that follows the saving of a source's repositories, in the order in which it is done. */
export const followUps: readonly FollowUp[] = [metadata, offSite];
