/** A chunk of its own, loaded when the first wide name is met: see `width.ts`. */
export {default as cutWideText} from 'cli-truncate';
export {default as measureWideText} from 'string-width';
