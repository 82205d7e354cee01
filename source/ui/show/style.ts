/** The style of all pages: readable on a phone, in light and in dark. */
export const style = `:root {
	color-scheme: light dark;
	--step: 1.25rem;
	--paper: #ffffff;
	--ink: #1c2024;
	--soft: #5a626b;
	--line: #d9dee3;
	--panel: #f5f7f9;
	--link: #0b5cad;
	--open: #12713d;
	--merged: #6a3fb5;
	--closed: #b3261e;
	--gone: #fbeceb;
}
@media (prefers-color-scheme: dark) {
	:root {
		--paper: #16191d;
		--ink: #e4e7ea;
		--soft: #9aa4ae;
		--line: #333a41;
		--panel: #1e2328;
		--link: #7ab8f5;
		--open: #5cc98a;
		--merged: #b79bf0;
		--closed: #f08f88;
		--gone: #33211f;
	}
}
* { box-sizing: border-box; }
body {
	margin: 0 auto;
	max-width: 52rem;
	padding: 1rem 1.25rem 4rem;
	background: var(--paper);
	color: var(--ink);
	font: 1rem/1.55 system-ui, sans-serif;
	overflow-wrap: anywhere;
}
a { color: var(--link); }
nav { color: var(--soft); font-size: .9rem; }
nav a + a::before { content: "/"; color: var(--soft); display: inline-block; padding: 0 .5em; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 1rem 0 .5rem; }
h2 { font-size: 1.05rem; margin: 2.25rem 0 .75rem; }
h2 code { font-size: .95em; }
code { font-family: ui-monospace, monospace; }
.number, .meta, time, .note { color: var(--soft); }
time { white-space: nowrap; }
.number { font-weight: 400; }
.meta, .note { font-size: .9rem; margin: .25rem 0; }
.state { font-weight: 600; }
.state-open { color: var(--open); }
.state-merged { color: var(--merged); }
.state-declined, .state-superseded { color: var(--closed); }
.text { white-space: pre-wrap; }
.description { border-left: 3px solid var(--line); margin: 1.25rem 0; padding: .25rem 0 .25rem 1rem; }
.comment { background: var(--panel); border-radius: .5rem; margin: .6rem 0; padding: .6rem .9rem; }
.comment header { font-size: .9rem; margin-bottom: .15rem; }
.comment.deleted { background: var(--gone); }
.depth-1 { margin-left: var(--step); }
.depth-2 { margin-left: calc(2 * var(--step)); }
.depth-3 { margin-left: calc(3 * var(--step)); }
.depth-4 { margin-left: calc(4 * var(--step)); }
.depth-5 { margin-left: calc(5 * var(--step)); }
.depth-6 { margin-left: calc(6 * var(--step)); }
details { font-size: .95rem; margin-top: .4rem; }
summary { color: var(--soft); cursor: pointer; font-size: .9rem; }
details .text { border-left: 3px solid var(--line); margin-top: .3rem; padding-left: .75rem; }
ul.rows { list-style: none; margin: 1rem 0; padding: 0; }
ul.rows > li { border-top: 1px solid var(--line); padding: .55rem 0; }
ul.rows a { font-weight: 500; text-decoration: none; }
ul.rows a:hover { text-decoration: underline; }
ul.events { font-size: .95rem; list-style: none; margin: 0; padding: 0; }
ul.events > li { padding: .2rem 0; }
.pages { display: flex; gap: 1.25rem; margin: 1.5rem 0; }
@media (max-width: 34rem) {
	body { padding: .75rem .9rem 3rem; }
	h1 { font-size: 1.25rem; }
	:root { --step: .5rem; }
}
`;
