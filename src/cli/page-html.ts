/** What pages of the command line share. */
import { documentHtml } from '../core/report/document.ts';
import { html, type Markup } from '../core/report/markup.ts';

const STYLE = `
table { table-layout: auto; min-width: 0; width: auto; }
th { padding: 6px 12px; }
td { padding: 6px 12px; font-size: 14px; white-space: pre-line; overflow-wrap: break-word; }
figure { margin: 16px 0; }
`;

/** The text of an English HTML document of `sections` below `title`; `style` is CSS of ours for what only it has. */
export const pageHtml = (title: string, sections: readonly (Markup | null)[], style = ''): string =>
  documentHtml({ locale: 'en', title, heading: title, sections, style: STYLE + style });

/** A table with a head; cells are text. */
export const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): Markup =>
  html`<div class="wide"><table>
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}
</tbody></table></div>`;
