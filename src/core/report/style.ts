/** The report's own style sheet: a report is one file that must look the same without the extension. */

/** CSS text; the colours are those of `src/ui/tokens.css`. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --paper: #ffffff; --paper-raised: #f5f6f8; --ink: #1c2330; --ink-soft: #596273;
  --line: #d9dde4; --accent: #0b5cad; --level-strong: #b3410e; --level-some: #8f6300; --level-unsure: #5b6575;
  --level-none: #0a6b4f; --on-level: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --paper: #171b22; --paper-raised: #202631; --ink: #e8ebf0;
  --ink-soft: #a3adbd; --line: #343c4a; --accent: #7db8f5; --level-strong: #ff9a66; --level-some: #f0c04a;
  --level-unsure: #aab4c4; --level-none: #55c9a2; --on-level: #14181f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1200px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { margin: 0 0 4px; font-size: 26px; line-height: 1.2; font-weight: 650; }
h2 { margin: 36px 0 12px; font-size: 17px; font-weight: 650; }
a { color: var(--accent); overflow-wrap: anywhere; }
.soft { color: var(--ink-soft); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 20px 0; }
.facts dt { color: var(--ink-soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.caution { margin: 20px 0; padding: 12px 16px; border: 1px solid var(--line); border-radius: 8px;
  background: var(--paper-raised); }
.tally { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 24px; margin: 0; padding: 0; list-style: none; }
.disc { display: inline-flex; align-items: center; justify-content: center; width: 20px; height: 20px;
  margin-inline-end: 6px; border-radius: 50%; font-size: 12px; line-height: 1; font-weight: 700;
  color: var(--on-level); background: var(--level-unsure); vertical-align: 0.05em; }
.disc.hollow { color: var(--ink-soft); background: none; border: 1.5px dashed var(--ink-soft); }
.tally li { display: flex; align-items: center; }
.strong { background: var(--level-strong); } .some { background: var(--level-some); }
.unsure { background: var(--level-unsure); } .none { background: var(--level-none); }
.screenshot { display: block; max-width: 100%; border: 1px solid var(--line); border-radius: 8px; }
.wide { overflow-x: auto; }
table { width: 100%; min-width: 980px; border-collapse: collapse; table-layout: fixed; }
.c-picture { width: 108px; } .c-score { width: 184px; } .c-flagged { width: 112px; } .c-file { width: 26%; }
th { padding: 8px 12px; text-align: start; font-size: 13px; font-weight: 600; color: var(--ink-soft);
  border-bottom: 1px solid var(--line); }
td { padding: 14px 12px; vertical-align: top; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { padding-inline-start: 0; }
tr { break-inside: avoid; }
.picture img, .picture span { display: block; width: 84px; height: 84px; border-radius: 6px; object-fit: cover;
  background: var(--paper-raised); border: 1px solid var(--line); }
.label { font-weight: 600; overflow-wrap: anywhere; }
.score { white-space: nowrap; font-variant-numeric: tabular-nums; }
.small { font-size: 13px; color: var(--ink-soft); overflow-wrap: anywhere; white-space: normal; }
.hash { font: 12px/1.4 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.marked { display: inline-block; margin-top: 4px; padding: 0 8px; border: 1px solid var(--line);
  border-radius: 99px; font-size: 13px; }
.band { display: block; width: 140px; height: 14px; margin-top: 6px; }
`;
