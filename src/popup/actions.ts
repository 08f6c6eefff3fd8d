/** What a person can do in the popup, as messages. */
import { sitePattern } from '../platform/match-pattern.ts';
import type { Send } from '../protocol/channel.ts';
import type { pageToBackground } from '../protocol/messages.ts';
import type { PageRow, PageView } from '../protocol/schemas.ts';
import { ALL_SITES, askAccess, withdrawAccess } from '../ui/ask-access.ts';
import { plural, text } from '../ui/i18n.ts';
import { download } from './download.ts';
import { savePageReport } from './save-report.ts';
import { type PopupEvent, rowKey, type Section } from './state.ts';

export interface Surroundings {
  tabId: number;
  send: Send<typeof pageToBackground>;
  dispatch: (event: PopupEvent) => void;
  refresh: () => void;
}

/** Above this many refused images, a new scan is cheaper than asking for each: what is known is cached. */
const MOST_SINGLE_RETRIES = 20;

/** The popup's actions on one tab. None throws or rejects: what goes wrong becomes a notice. */
export class PopupActions {
  readonly #around: Surroundings;

  constructor(surroundings: Surroundings) {
    this.#around = surroundings;
  }

  refresh(): void {
    this.#around.refresh();
  }

  chooseSection(section: Section): void {
    this.#around.dispatch({ type: 'section.chosen', section });
    if (section === 'about') this.#attempt(this.#measureCache());
  }

  dismissNotice(): void {
    this.#around.dispatch({ type: 'notice.changed', notice: null });
  }

  startScan(): void {
    const { tabId, dispatch } = this.#around;
    dispatch({ type: 'scan.asked' });
    this.#tell('scan.start', { tabId }).then(
      () => dispatch({ type: 'scan.answered' }),
      () => dispatch({ type: 'scan.refused' }),
    );
  }

  cancelScan(): void {
    this.#attempt(this.#tell('scan.cancel', { tabId: this.#around.tabId }));
  }

  holdList(held: boolean): void {
    this.#around.dispatch({ type: 'list.held', held });
  }

  extendList(): void {
    this.#around.dispatch({ type: 'list.extended' });
  }

  screenRow(row: PageRow): void {
    this.#change(row, { state: { state: 'queued' } });
    this.#attempt(this.#tell('row.screen', this.#place(row)));
  }

  revealRow(row: PageRow): void {
    this.#attempt(this.#tell('row.reveal', this.#place(row)));
  }

  toggleHeatmap(row: PageRow): void {
    const shown = !row.heatmapShown;
    // What was said of the last attempt is not true of this one.
    this.dismissNotice();
    this.#change(row, { heatmapShown: shown });
    const told = this.#tell('row.heatmap', { ...this.#place(row), shown }).then(({ outcome }) => {
      if (outcome === 'not-stored') this.#notify(text('popup_notice_not_stored'), row);
      if (outcome === 'no-answer') this.#notify(text('popup_notice_no_answer'));
    });
    this.#attempt(told);
  }

  /** For a picture whose result is no longer stored. */
  lookAgain(row: PageRow): void {
    this.dismissNotice();
    this.screenRow(row);
  }

  toggleMark(row: PageRow, pageUrl: string): void {
    if (row.state?.state !== 'scored') return;
    const wrong = !row.markedWrong;
    this.#change(row, { markedWrong: wrong });
    const { sha256 } = row.state;
    this.#attempt(this.#tell('row.mark', { sha256, wrong, pageUrl, state: row.state }));
  }

  setHover(on: boolean): void {
    this.#attempt(this.#tell('site.hover', { tabId: this.#around.tabId, on }));
  }

  /** Access to the page's own site, with badges on it; those of the `refused` rows that it covers are read. */
  allowSite(pattern: string, refused: readonly PageRow[]): void {
    const covered = refused.filter(({ image }) => image.url && sitePattern(image.url) === pattern);
    this.allow(pattern, covered);
    // Sent at once and not after the answer: the popup may close under the browser's question.
    this.setHover(true);
  }

  /** Access to all sites; the `refused` rows are read. */
  allowEverywhere(refused: readonly PageRow[]): void {
    this.allow(ALL_SITES, refused);
  }

  /** Access to `pattern`, asked for in the same turn as the click; the `refused` rows are read. */
  allow(pattern: string, refused: readonly PageRow[]): void {
    const answered = askAccess(pattern).then((granted) => {
      if (granted) this.#readAgain(refused);
      else this.#notify(text('popup_notice_denied'));
      this.refresh();
    });
    this.#attempt(answered);
  }

  withdraw(pattern: string): void {
    const answered = withdrawAccess(pattern).then((gone) => {
      if (!gone) this.#notify(text('popup_notice_kept'));
      this.refresh();
    });
    this.#attempt(answered);
  }

  saveReport(view: PageView, format: 'html' | 'json'): void {
    savePageReport(view, format);
    this.#notify(text('popup_notice_saved'));
  }

  exportMarks(): void {
    const exported = this.#tell('marks.export', {}).then(({ json, total }) => {
      if (total > 0) download('telltale-marks.json', 'application/json', json);
      this.#notify(total > 0 ? plural('popup_notice_marks', total) : text('popup_notice_no_marks'));
    });
    this.#attempt(exported);
  }

  wipeCache(): void {
    const wiped = this.#tell('cache.wipe', {}).then(({ verdicts }) => {
      this.#notify(plural('popup_notice_wiped', verdicts));
      return this.#measureCache();
    });
    this.#attempt(wiped);
  }

  async #measureCache(): Promise<void> {
    this.#around.dispatch({ type: 'cache.arrived', cache: await this.#around.send('cache.size', {}) });
  }

  #readAgain(refused: readonly PageRow[]): void {
    if (refused.length > MOST_SINGLE_RETRIES) this.startScan();
    else for (const row of refused) this.screenRow(row);
  }

  /** Sends, then asks for the view again; an unanswered message becomes a notice. */
  #tell: Send<typeof pageToBackground> = async (name, request) => {
    try {
      return await this.#around.send(name, request);
    } catch (error) {
      this.#notify(text('popup_notice_no_answer'));
      throw error;
    } finally {
      this.refresh();
    }
  };

  /** For promises whose failure has been told the person already. */
  #attempt(work: Promise<unknown>): void {
    void work.catch(() => undefined);
  }

  #place(row: PageRow) {
    return { tabId: this.#around.tabId, frameId: row.frameId, id: row.image.id };
  }

  /** Shows at once what the background will confirm with the next view. */
  #change(row: PageRow, changes: Partial<PageRow>): void {
    this.#around.dispatch({ type: 'row.changed', key: rowKey(row), changes });
  }

  /** Says `sentence`, and with `again` offers to look at that image anew. */
  #notify(sentence: string, again: PageRow | null = null): void {
    this.#around.dispatch({ type: 'notice.changed', notice: { sentence, again } });
  }
}
