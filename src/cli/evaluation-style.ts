/** What an evaluation's page adds to the style of pages. */

/** CSS text. Series colours are the level colours and two more, told apart by dashes as well. */
export const EVALUATION_STYLE = `
:root { --real: #0b5cad; --fake: #b3410e; --series-0: #0b5cad; --series-1: #b3410e; --series-2: #0a6b4f;
  --series-3: #8f6300; --series-4: #7a3b8f; }
@media (prefers-color-scheme: dark) { :root { --real: #7db8f5; --fake: #ff9a66; --series-0: #7db8f5; --series-1: #ff9a66;
  --series-2: #55c9a2; --series-3: #f0c04a; --series-4: #cf9be0; } }
h2 { margin-top: 48px; font-size: 20px; } h3 { margin: 32px 0 8px; font-size: 15px; font-weight: 650; }
p { max-width: 75ch; }
table { width: 100%; font-variant-numeric: tabular-nums; }
th { vertical-align: bottom; }
td { white-space: normal; padding: 7px 12px; }
tbody tr:hover { background: var(--paper-raised); }
th.number, td.number { text-align: end; }
td.number:last-child, th.number:last-child { padding-inline-end: 0; }
td.name { min-width: 11em; } td.path { font: 12.5px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.range { display: block; font-size: 12px; color: var(--ink-soft); white-space: nowrap; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(148px, 1fr)); gap: 12px; margin: 20px 0 8px; padding: 0;
  list-style: none; }
.tiles li { display: flex; flex-direction: column; padding: 14px 16px; border: 1px solid var(--line); border-radius: 10px; background: var(--paper-raised); }
.tiles strong { margin: auto 0 2px; padding-top: 6px; font-size: 26px; font-weight: 650; line-height: 1.2;
  font-variant-numeric: tabular-nums; }
.tiles span { font-size: 13px; line-height: 1.4; color: var(--ink-soft); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 12px 28px; }
.charts figure { margin: 12px 0; min-width: 0; }
figcaption { margin-bottom: 6px; font-size: 14px; font-weight: 600; }
figcaption span { display: block; min-height: 3em; font-size: 13px; font-weight: 400; color: var(--ink-soft); }
.chart { display: block; width: 100%; height: auto; }
.chart text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: var(--ink-soft); }
.chart .grid { stroke: var(--line); stroke-width: 1; fill: none; }
.chart .guide { stroke: var(--ink-soft); stroke-width: 1; stroke-dasharray: 3 4; fill: none; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 6px 0 0; padding: 0; list-style: none; font-size: 13px;
  color: var(--ink-soft); }
.legend svg { width: 26px; height: 8px; margin-inline-end: 6px; vertical-align: middle; }
.bar { display: block; width: 72px; height: 5px; margin: 6px 0 2px auto; border-radius: 3px; background: var(--line);
  overflow: hidden; }
.bar i { display: block; height: 100%; border-radius: 3px; background: var(--accent); }
.wide + .wide { margin-top: 24px; }
details { margin: 12px 0; } summary { cursor: pointer; color: var(--accent); }
@media print { .tiles li, figure { break-inside: avoid; } }
`;
