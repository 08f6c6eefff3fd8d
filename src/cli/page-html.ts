/** What pages of the command line share: one HTML file without scripts or outside resources. */
import { constantMarkup, html, htmlText, type Markup } from '../core/report/markup.ts';
import { REPORT_STYLE } from '../core/report/style.ts';

const STYLE = `${REPORT_STYLE}
table { table-layout: auto; min-width: 0; width: auto; }
th { padding: 6px 12px; }
td { padding: 6px 12px; font-size: 14px; white-space: pre-line; overflow-wrap: break-word; }
figure { margin: 16px 0; }
`;

/** The text of an English HTML document of `sections` below `title`; `style` is CSS of ours for what only it has. */
export function pageHtml(title: string, sections: readonly (Markup | null)[], style = ''): string {
  return htmlText(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${constantMarkup(STYLE + style)}</style>
</head>
<body><main>
<h1>${title}</h1>
${sections.map((section) => section ?? html``)}
</main></body>
</html>
`);
}

/** A table with a head; cells are text. */
export const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): Markup =>
  html`<div class="wide"><table>
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}
</tbody></table></div>`;
