/**
 * Stands in for `react-devtools-core` in the bundle: Ink imports it by name, but uses it only when
 * a developer asks for it.
 */
const devtools = {initialize: () => {}, connectToDevTools: () => {}};

export default devtools;
