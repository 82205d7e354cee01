/**
 * Stands in for `react-devtools-core` in the bundle: Ink imports it by name, and uses it only where
 * a developer asks for it.
 */
const devtools = {initialize: (): void => {}, connectToDevTools: (): void => {}};

export default devtools;
