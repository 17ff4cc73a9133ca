import { chartCss } from "./svg-chart.ts";

/** What the pages of runs, studies and comparisons share: their colours in light and dark, text, tables and figures. */
export const pageStyle = `
:root { color-scheme: light dark; --ink: #222; --paper: #fff; --soft: #555; --line: #ccc; --warn: #b83a4b; --warn-paper: #fbf1f2; --good: #1b6ca8; --block: #f6f6f6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e4e4; --paper: #17191c; --soft: #aab0b6; --line: #3a3f45; --warn: #ee8894; --warn-paper: #2c1f22; --good: #6db9ec; --block: #22262a; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; } h1, h2, h3 { overflow-wrap: anywhere; } h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
a { color: inherit; }
.wide { overflow-x: auto; } .wide svg { display: block; min-width: 700px; max-width: 100%; height: auto; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, max(21rem, 40%)), 1fr)); gap: .5rem; } .charts figure { margin: 0; } .charts svg { display: block; width: 100%; max-width: 480px; height: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: break-word; } .figure { text-align: right; white-space: nowrap; } .whole tbody tr:last-child { font-weight: 600; }
.unread li { white-space: pre-line; }
.note, figcaption, summary { color: var(--soft); font-size: .9rem; } .caveat { border-left: 4px solid var(--warn); padding: .5rem 1rem; background: var(--warn-paper); }
pre { background: var(--block); padding: 1rem; overflow: auto; font-size: .8rem; } details { margin: 1rem 0; } summary { cursor: pointer; }
${chartCss}`;
