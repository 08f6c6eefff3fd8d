/** The demo without a person: scan the page, print and keep what came out. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, Stop } from './command.mjs';
import { englishReport } from './demo-report.mjs';
import { askBackground, launchWithExtension, openTab, scanTab, waitFor } from './extension.mjs';
import { isAnswered, overlayOf } from './overlay.mjs';

/**
 * @typedef {import('../../src/protocol/schemas.ts').PageView} PageView
 * @typedef {import('../../src/protocol/schemas.ts').PageRow} PageRow
 * @typedef {import('puppeteer-core').Page} Page
 * @typedef {{ image: string, state: string, probability: number | null, flaggedShare: number | null, milliseconds: number | null, model: string | null, backend: string | null, sha256: string | null }} DemoRow
 */

const LEVELS = ['strong', 'some', 'unsure', 'none'];
const OUT = path.join(ROOT, 'out', 'demo');

/**
 * Scans the demo page headless with access granted; prints a table and writes `out/demo/scan.json`,
 * `screenshot.png` and `report.html`. Throws `Stop` when no picture was found or one of them failed.
 * @param {{ browserPath: string, buildFolder: string, url: string }} options
 */
export async function scanDemo({ browserPath, buildFolder, url }) {
  mkdirSync(OUT, { recursive: true });
  const session = await launchWithExtension({ browserPath, buildFolder, withAccess: true });
  try {
    const { page, tabId } = await openTab(session, url);
    /** @type {PageView} */
    const view = await scanTab(session, tabId);
    const rows = view.rows.map(demoRow);
    process.stdout.write(`${table(rows)}\n`);
    writeFileSync(path.join(OUT, 'scan.json'), `${JSON.stringify(rows, null, 2)}\n`);
    const failed = view.rows.filter(
      (row) => row.state?.state !== 'scored' && row.state?.state !== 'abstained',
    );
    const screenshot = rows.length > 0 ? await takeScreenshot(session, { page, tabId, view }) : null;
    writeFileSync(path.join(OUT, 'report.html'), await englishReport(reportInput(view, screenshot)));
    process.stdout.write(`Written to ${path.relative(ROOT, OUT)}: scan.json, screenshot.png, report.html\n`);
    if (rows.length === 0) throw new Stop('The scan found no picture.');
    if (failed.length > 0) throw new Stop(`The scan failed for ${failed.length} of ${rows.length} pictures.`);
  } finally {
    await session.close();
  }
}

/**
 * @param {PageRow} row
 * @returns {DemoRow}
 */
function demoRow({ image, state }) {
  const scored = state?.state === 'scored' ? state : null;
  return {
    image: image.url === null ? image.label : path.posix.basename(new URL(image.url).pathname),
    state: stateWord(state),
    probability: scored?.probability ?? null,
    flaggedShare: scored?.flaggedShare ?? null,
    milliseconds: scored?.computeMs ?? null,
    model: scored?.model ?? null,
    backend: scored?.backend ?? null,
    sha256: state && 'sha256' in state ? state.sha256 : null,
  };
}

/** @param {PageRow['state']} state */
function stateWord(state) {
  if (state === null) return 'not looked at';
  if (state.state === 'scored') return state.level;
  return 'reason' in state ? `${state.state}: ${state.reason}` : state.state;
}

/** @param {readonly DemoRow[]} rows */
function table(rows) {
  const heads = ['image', 'state', 'P(fake)', 'patches over threshold', 'ms', 'model', 'backend'];
  const cells = rows.map((row) => [
    row.image,
    row.state,
    row.probability?.toFixed(3) ?? '-',
    row.flaggedShare === null ? '-' : `${(row.flaggedShare * 100).toFixed(1)} %`,
    row.milliseconds?.toFixed(0) ?? '-',
    row.model ?? '-',
    row.backend ?? '-',
  ]);
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  /** @param {readonly string[]} row */
  const line = (row) =>
    row
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n');
}

/**
 * A screenshot with the heatmap on the picture with the strongest signs and the badge on its neighbour.
 * @param {import('./extension.mjs').Session} session
 * @param {{ page: Page, tabId: number, view: PageView }} what
 */
async function takeScreenshot({ desk }, { page, tabId, view }) {
  const strongest = view.rows
    .filter(({ image }) => image.inViewport || image.kind === 'img')
    .reduce((best, row) => (probabilityOf(row) > probabilityOf(best) ? row : best));
  await page.bringToFront();
  // Nothing fades in: the picture is taken as soon as the words are there.
  await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
  const { frameId, image } = strongest;
  await askBackground(desk, 'row.heatmap', { tabId, frameId, id: image.id, shown: true });
  const name = image.url === null ? '' : path.posix.basename(new URL(image.url).pathname);
  const neighbour = await page.evaluateHandle((shownName) => {
    const pictures = [...document.images];
    const shown = pictures.find((picture) => picture.currentSrc.endsWith(shownName)) ?? pictures[0];
    shown?.scrollIntoView({ block: 'center' });
    const inView = pictures.filter((picture) => {
      const box = picture.getBoundingClientRect();
      return picture !== shown && box.top >= 0 && box.bottom <= innerHeight;
    });
    return inView[0] ?? null;
  }, name);
  const element = /** @type {import('puppeteer-core').ElementHandle<Element> | null} */ (
    neighbour.asElement()
  );
  await page.mouse.move(...(await centreOf(element)), { steps: 5 });
  const words = levelWords();
  await waitFor('the badge and the heatmap', async () =>
    isAnswered(await overlayOf(page), words) ? true : undefined,
  );
  await page.screenshot({ path: path.join(OUT, 'screenshot.png') });
  return page.screenshot({ type: 'jpeg', quality: 80, encoding: 'base64' });
}

/**
 * @param {PageView} view with thumbnails as `data:` URLs, as `askBackground` returns them
 * @param {string | null} screenshot JPEG in base64
 * @returns {import('../../src/core/report/input.ts').ReportInput}
 */
function reportInput(view, screenshot) {
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  return {
    createdAt: new Date().toISOString(),
    version,
    page: { title: view.title, url: view.url },
    engine: view.engine,
    rows: view.rows.map(({ image, state, thumbnail, markedWrong }) => ({
      label: image.label,
      url: image.url,
      state,
      thumbnail: /** @type {string | null} */ (/** @type {unknown} */ (thumbnail)),
      markedWrong,
    })),
    screenshot: screenshot && `data:image/jpeg;base64,${screenshot}`,
  };
}

/**
 * @param {import('puppeteer-core').ElementHandle<Element> | null} element
 * @returns {Promise<[number, number]>}
 */
async function centreOf(element) {
  const box = await element?.boundingBox();
  return box ? [box.x + box.width / 2, box.y + box.height / 2] : [0, 0];
}

/** What a badge with a score says, in the catalogue's words. */
function levelWords() {
  const file = path.join(ROOT, 'public', '_locales', 'en', 'messages.json');
  const catalogue = JSON.parse(readFileSync(file, 'utf8'));
  return new RegExp(LEVELS.map((level) => catalogue[`level_${level}`].message).join('|'));
}

/** @param {PageRow} row */
const probabilityOf = ({ state }) => (state?.state === 'scored' ? state.probability : -1);
