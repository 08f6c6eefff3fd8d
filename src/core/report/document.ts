/** The frame of every page that Telltale writes: one HTML file without scripts or outside resources. */
import { constantMarkup, html, htmlText, type Markup } from './markup.ts';
import { REPORT_STYLE } from './style.ts';

export interface HtmlDocument {
  /** BCP 47. */
  locale: string;
  /** Of the window; `heading` stands on the page. */
  title: string;
  heading: string;
  sections: readonly (Markup | null)[];
  /** CSS of ours for what only this page has. */
  style?: string;
}

/** The text of the file. */
export const documentHtml = ({ locale, title, heading, sections, style = '' }: HtmlDocument): string =>
  htmlText(html`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${constantMarkup(REPORT_STYLE + style)}</style>
</head>
<body><main>
<h1>${heading}</h1>
${sections.map((section) => html`${section ?? html``}\n`)}</main></body>
</html>
`);
