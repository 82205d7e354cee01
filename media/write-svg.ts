import type {Picture, Row, Run} from './read-picture.ts';

export type Frame = {
	readonly picture: Picture;
	/** Milliseconds for which it is shown. */
	readonly duration: number;
};

const cell = {width: 8.4, height: 19};
const padding = 16;
const bar = 34;
/** Between two frames, for a font that is wider than a cell. */
const gap = 100;
const font = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
const foreground = '#d5dae3';
const palette = [
	...['#5c6675', '#f2777a', '#8fce8a', '#f0c674', '#7fb2f0', '#cf9ee8', '#6fcdd0', '#d5dae3'],
	...['#8b95a5', '#ff9b9d', '#b0e5ab', '#ffdc98', '#a5cbff', '#e4bdf7', '#97e5e7', '#ffffff'],
];

/**
 * One picture as it stands, or several as an endless film. The command stands in the window's
 * title. Who wants no movement sees the last frame.
 */
export const writeSvg = (command: string, frames: readonly Frame[], columns: number): string => {
	const rowCount = Math.max(...frames.map(({picture}) => picture.length));
	const inner = {width: columns * cell.width, height: (rowCount + 0.5) * cell.height};
	const [width, height] = [inner.width + 2 * padding, inner.height + bar + padding];
	const title = escapeText(command);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">`,
		`<style>text{font:14px ${font};fill:${foreground};white-space:pre}${film(frames, inner.width + gap)}</style>`,
		drawWindow(title, width, height),
		`<svg x="${padding}" y="${bar}" width="${inner.width}" height="${inner.height}" aria-hidden="true">`,
		...drawStrip(frames, inner.width + gap),
		'</svg>',
		'</svg>',
		'',
	].join('\n');
};

const drawWindow = (title: string, width: number, height: number): string => {
	const dots = [0, 1, 2].map((index) => `<circle cx="${20 + index * 18}" cy="18" r="5.5"/>`);
	return [
		`<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="9" fill="#1d222b" stroke="#4a5363"/>`,
		`<g fill="#4a5363">${dots.join('')}</g>`,
		`<text x="${width / 2}" y="23" text-anchor="middle" fill-opacity=".7">${title}</text>`,
	].join('\n');
};

/** The frames lie side by side; each row that several of them show is drawn once. */
const drawStrip = (frames: readonly Frame[], stride: number): readonly string[] => {
	const ids = new Map<string, string>();
	const drawn = frames.map(({picture}, index) => {
		const rows = picture.map((row, line) => {
			const text = drawRow(row);
			if (text === '') {
				return '';
			}
			const id = ids.get(text) ?? `r${ids.size}`;
			ids.set(text, id);
			return `<use href="#${id}" y="${(line + 1) * cell.height}"/>`;
		});
		return `<g transform="translate(${index * stride})">${rows.join('')}</g>`;
	});
	const rows = [...ids].map(([text, id]) => `<text id="${id}">${text}</text>`);
	return ['<defs>', ...rows, '</defs>', '<g class="film">', ...drawn, '</g>'];
};

const drawRow = (row: Row): string => row.map(drawRun).join('');

const drawRun = ({column, text, colour, isBold, isDim}: Run): string => {
	const shown = text.trimStart();
	const x = (column + text.length - shown.length) * cell.width;
	const fill = colour === undefined ? undefined : palette[colour];
	const looks = [
		`x="${Number(x.toFixed(1))}"`,
		...(fill === undefined ? [] : [`fill="${fill}"`]),
		...(isBold ? ['font-weight="bold"'] : []),
		...(isDim ? ['fill-opacity=".6"'] : []),
	];
	return `<tspan ${looks.join(' ')}>${escapeText(shown.trimEnd())}</tspan>`;
};

const film = (frames: readonly Frame[], stride: number): string => {
	if (frames.length < 2) {
		return '';
	}
	const total = frames.reduce((sum, {duration}) => sum + duration, 0);
	let shown = 0;
	const steps = frames.map(({duration}, index) => {
		const step = `${((100 * shown) / total).toFixed(2)}%{transform:translateX(${-index * stride}px)}`;
		shown += duration;
		return step;
	});
	const last = `transform:translateX(${(1 - frames.length) * stride}px)`;
	return [
		`.film{${last};animation:film ${total}ms step-end infinite}`,
		`@keyframes film{${steps.join('')}100%{${last}}}`,
		'@media (prefers-reduced-motion:reduce){.film{animation:none}}',
	].join('');
};

const escapeText = (text: string): string =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
