import {useWindowSize} from 'ink';
import {createContext, type ReactNode, useContext, useMemo} from 'react';
import {type Marks, marksFor, type Style, styleFor} from '../text/style.ts';
import type {Look} from './wizard-ports.ts';

/** How things look on this terminal. Colours are written by ourselves, as on all other screens. */
export type Looks = {
	readonly style: Style;
	readonly marks: Marks;
	readonly hasUnicode: boolean;
	readonly hasLinks: boolean;
	readonly columns: number;
	readonly rows: number;
};

const Context = createContext<Looks>({
	style: styleFor({hasColour: false}),
	marks: marksFor({hasUnicode: false}),
	hasUnicode: false,
	hasLinks: false,
	columns: 80,
	rows: 24,
});

export const useLooks = (): Looks => useContext(Context);

export const LooksProvider = ({
	look,
	children,
}: {
	readonly look: Look;
	readonly children: ReactNode;
}) => {
	const {columns, rows} = useWindowSize();
	const {hasColour, hasUnicode, hasLinks} = look;
	const looks = useMemo(
		() => ({
			style: styleFor({hasColour}),
			marks: marksFor({hasUnicode}),
			hasUnicode,
			hasLinks,
			columns,
			rows,
		}),
		[hasColour, hasUnicode, hasLinks, columns, rows],
	);
	return <Context value={looks}>{children}</Context>;
};
