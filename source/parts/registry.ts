import {code} from './code/code.ts';
import {lfs} from './lfs/lfs.ts';
import {metadata} from './metadata/metadata.ts';
import type {Part} from './part.ts';
import {wiki} from './wiki/wiki.ts';

/** All parts of a repository, in the order in which they are saved and shown. */
export const parts: readonly Part[] = [code, wiki, lfs, metadata];
