/** The page's report, from what the popup shows. */
import { reportHtml } from '../core/report/html.ts';
import type { ReportInput } from '../core/report/input.ts';
import { reportJson } from '../core/report/json.ts';
import { browser } from '../platform/browser.ts';
import type { PageView } from '../protocol/schemas.ts';
import { wording } from '../ui/i18n.ts';
import { download } from './download.ts';

const BYTES_PER_CALL = 8192;

/** `data:` URL of a WebP; the bytes are turned into text piecewise, for a call takes limited arguments. */
function webpDataUrl(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += BYTES_PER_CALL) {
    binary += String.fromCharCode(...bytes.subarray(start, start + BYTES_PER_CALL));
  }
  return `data:image/webp;base64,${btoa(binary)}`;
}

/** `view` as the input of a report written at `createdAt` by Telltale `version`. */
export function reportInputOf(view: PageView, createdAt: Date, version: string): ReportInput {
  return {
    createdAt: createdAt.toISOString(),
    version,
    page: { title: view.title, url: view.url },
    engine: view.engine,
    rows: view.rows.map(({ image, state, thumbnail, markedWrong }) => ({
      label: image.label,
      url: image.url,
      state,
      thumbnail: thumbnail && webpDataUrl(thumbnail),
      markedWrong,
    })),
  };
}

/** Downloads the report of `view`, dated now. */
export function savePageReport(view: PageView, format: 'html' | 'json'): void {
  const now = new Date();
  const input = reportInputOf(view, now, browser.runtime.getManifest().version);
  const name = `telltale-${now.toISOString().slice(0, 19).replaceAll(':', '-')}.${format}`;
  if (format === 'json') download(name, 'application/json', reportJson(input));
  else download(name, 'text/html', reportHtml(input, wording()));
}
