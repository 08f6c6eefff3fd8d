/** One tab as Telltale's own pages show it. */
import { isBetter } from '../core/score/second-opinion.ts';
import type { Scored } from '../core/verdict.ts';
import { isPermitted, isPermittedEverywhere } from '../platform/access.ts';
import { browser } from '../platform/browser.ts';
import { sitePattern } from '../platform/match-pattern.ts';
import { hoversOn, loadSettings } from '../platform/settings.ts';
import { markedHashes } from '../platform/store/marks.ts';
import type { Access, EngineInfo, FrameRow, PageRow, PageView, ScanProgress } from '../protocol/schemas.ts';
import { ask } from './content-link.ts';
import type { Frames, KnownFrame } from './frames.ts';
import { thumbnailsOf } from './known-verdicts.ts';

const ROWS_LIMIT_MS = 1000;

export interface ViewEnvironment {
  frames: Frames;
  /** Documents with a content script, after entering the tab when there are none. */
  reach: (tabId: number) => Promise<KnownFrame[]>;
  /** A document did not answer: it is gone. */
  left: (frame: KnownFrame) => void;
  /** What a document shows now, all of it. */
  shown: (frame: KnownFrame, rows: readonly FrameRow[]) => void;
  scan: (tabId: number) => ScanProgress | null;
  engine: () => EngineInfo;
}

export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : '');

/** The store keeps extensions out of its own pages even where their host is allowed. */
const STORE = __BROWSER__ === 'firefox' ? 'addons.mozilla.org' : 'chromewebstore.google.com';

/** What Telltale may do on a page at `url`. */
export async function accessTo(url: string): Promise<Access> {
  const [site, everywhere, settings] = await Promise.all([
    isPermitted(url),
    isPermittedEverywhere(),
    loadSettings(),
  ]);
  const host = hostOf(url);
  return {
    sitePattern: host === STORE ? null : sitePattern(url),
    site,
    everywhere,
    hover: hoversOn(settings, host),
  };
}

/** Address and title of a tab, from its documents where the browser keeps the tab's to itself; empty when closed. */
export async function tabFacts(tabId: number, frames: Frames): Promise<{ url: string; title: string }> {
  const tab = await browser.tabs.get(tabId).catch(() => null);
  const top = frames.at(tabId, 0);
  return { url: tab?.url ?? top?.tabUrl ?? top?.pageUrl ?? '', title: tab?.title ?? '' };
}

interface FrameAnswer {
  frame: KnownFrame;
  rows: FrameRow[];
}

async function rowsOf(frame: KnownFrame, { left, shown }: ViewEnvironment): Promise<FrameAnswer | null> {
  const answer = await ask(frame, 'frame.rows', {}, ROWS_LIMIT_MS);
  if (answer.kind === 'gone') left(frame);
  if (answer.kind !== 'answered') return null;
  shown(frame, answer.reply.rows);
  return { frame, rows: answer.reply.rows };
}

const hashOf = ({ state }: FrameRow): string | null =>
  state !== null && 'sha256' in state ? state.sha256 : null;

/**
 * The rows with one state for each picture: elsewhere in the tab the strong model may have spoken of one that this frame
 * has the fast one's score of.
 */
function agreed(answers: readonly FrameAnswer[]): FrameAnswer[] {
  const best = new Map<string, Scored>();
  for (const { state } of answers.flatMap(({ rows }) => rows)) {
    if (state?.state !== 'scored') continue;
    const other = best.get(state.sha256);
    if (other === undefined || isBetter(state, other)) best.set(state.sha256, state);
  }
  const agreedState = ({ state }: FrameRow): FrameRow['state'] => {
    const other = state?.state === 'scored' ? best.get(state.sha256) : undefined;
    return state?.state === 'scored' && other !== undefined && isBetter(other, state) ? other : state;
  };
  return answers.map(({ frame, rows }) => ({
    frame,
    rows: rows.map((row) => ({ ...row, state: agreedState(row) })),
  }));
}

async function withPictures(
  answers: readonly FrameAnswer[],
  pictured: readonly string[],
): Promise<PageRow[]> {
  const rows = answers.flatMap(({ frame, rows: own }) => own.map((row) => ({ row, frameId: frame.frameId })));
  const hashes = new Set(rows.map(({ row }) => hashOf(row)).filter((hash) => hash !== null));
  for (const sha256 of pictured) hashes.delete(sha256);
  const [thumbnails, marked] = await Promise.all([thumbnailsOf([...hashes]), markedHashes()]);
  return rows.map(({ row, frameId }) => {
    const sha256 = hashOf(row);
    const thumbnail = sha256 === null ? null : (thumbnails.get(sha256) ?? null);
    return {
      ...row,
      frameId,
      thumbnail: thumbnail as PageRow['thumbnail'],
      markedWrong: sha256 !== null && marked.has(sha256),
    };
  });
}

/** What the tab's documents show, and a scan that is not ahead of it. */
interface TabAnswer {
  answers: FrameAnswer[];
  scan: ScanProgress | null;
}

async function answerOf(tabId: number, environment: ViewEnvironment): Promise<TabAnswer> {
  const reached = await environment.reach(tabId);
  const before = environment.scan(tabId);
  const answers = await Promise.all(reached.map((frame) => rowsOf(frame, environment)));
  const scan = environment.scan(tabId);
  return {
    answers: agreed(answers.filter((answer) => answer !== null)),
    // One that finished meanwhile: documents may have answered before the last verdict reached them.
    scan: scan?.state === 'finished' ? before : scan,
  };
}

/**
 * The tab's images with all that is known about them, but for the thumbnails that the asking page has already
 * (`pictured`, content hashes). A frame that does not answer within a second is left out.
 */
export async function pageView(
  tabId: number,
  environment: ViewEnvironment,
  pictured: readonly string[] = [],
): Promise<PageView> {
  let { answers, scan } = await answerOf(tabId, environment);
  // What was known of the tab was another page's: now that it is forgotten, the present page can be entered.
  if (answers.length === 0) ({ answers, scan } = await answerOf(tabId, environment));
  const { url, title } = await tabFacts(tabId, environment.frames);
  const [access, rows] = await Promise.all([accessTo(url), withPictures(answers, pictured)]);
  return {
    tabId,
    url,
    title,
    reachable: answers.length > 0,
    access,
    rows,
    scan,
    engine: environment.engine(),
  };
}
