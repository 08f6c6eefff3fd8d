/** The background put together: what each part needs of the others, and what happens at start-up. */
import { LIMITS } from '../core/limits.ts';
import { failure, type Result, success } from '../core/result.ts';
import { type FailureReason, type ImageState, isProvisional, isWaiting } from '../core/verdict.ts';
import { isPermitted } from '../platform/access.ts';
import type { Menus } from '../platform/browser.ts';
import { isNewSession, SessionMap } from '../platform/session-map.ts';
import { hoversOn, loadSettings } from '../platform/settings.ts';
import { clearSession, loadJobs, loadScans, saveJobs } from '../platform/store/jobs.ts';
import type { Subscriber } from '../platform/store/schema.ts';
import { deleteExpiredAliases } from '../platform/store/verdicts.ts';
import type { EngineInfo, ImageRef, Priority } from '../protocol/schemas.ts';
import { ClosedPages } from './closed-pages.ts';
import { ask } from './content-link.ts';
import { Delivered } from './delivered.ts';
import { byFrame, push } from './delivery.ts';
import type { EngineLink } from './engine-link.ts';
import { Frames, type KnownFrame } from './frames.ts';
import { keepOutcome } from './known-verdicts.ts';
import { analyze } from './menu.ts';
import { INFO_BEFORE_START } from './model.ts';
import { hostOf } from './page-view.ts';
import { type Delivery, Queue } from './queue/queue.ts';
import { Reach } from './reach.ts';
import { reportBug } from './report-bug.ts';
import { Scans } from './scans.ts';
import { screen } from './screening.ts';
import { Sites } from './sites.ts';
import { showFlagged } from './toolbar.ts';
import { Views } from './views.ts';
import { Wake } from './wake.ts';

/** A page reads from its own cache mostly; it gets what the background would get, and a moment for the journey. */
const PAGE_READ_LIMIT_MS = LIMITS.fetchMs + 5000;
const COLLECT_LIMIT_MS = 5000;

const isFinal = (state: ImageState): boolean => !isWaiting(state) && !isProvisional(state);

export class App {
  readonly frames = new Frames();
  readonly views = new Views();
  readonly wake = new Wake();
  readonly delivered = new Delivered((tabId, flagged) => void showFlagged(tabId, flagged));
  readonly closedPages = new ClosedPages((tabId) => void showFlagged(tabId, this.delivered.flagged(tabId)));
  readonly reach = new Reach(this.frames);
  readonly sites = new Sites({
    frames: this.frames,
    hover: (frame) => this.hover(frame),
    left: (frame) => this.left(frame),
  });
  readonly queue: Queue;
  readonly scans: Scans;
  /** Final answers to scans that documents have not taken yet, by tab. */
  private readonly undelivered = new Map<number, number>();
  private readonly engineFacts = new SessionMap<EngineInfo>('engine');

  constructor(engine: EngineLink) {
    this.queue = new Queue({
      engine,
      isPermitted,
      reportBug,
      readInPage: (reader) => this.readInPage(reader),
      keep: keepOutcome,
      save: saveJobs,
      deliver: (deliveries) => this.deliver(deliveries).catch(reportBug),
      changed: () => this.queueChanged(),
    });
    this.scans = new Scans({
      queue: this.queue,
      reach: (tabId) => this.reach.all(tabId),
      collect: (frame) => this.collect(frame),
      end: (frame, finished) => ask(frame, 'scan.end', { finished }, COLLECT_LIMIT_MS),
      framesOf: (tabId) => this.frames.of(tabId),
      screen: (frame, images, priority) => this.screenForScan(frame, images, priority),
      push: (frame, states) => this.push(frame, states),
      undelivered: (tabId) => this.undelivered.get(tabId) ?? 0,
      changed: (tabId) => this.views.changed(tabId),
      now: Date.now,
    });
  }

  /** Takes over what an earlier background has left; messages wait for this. Never rejects. */
  async start(): Promise<void> {
    try {
      if (await isNewSession()) await clearSession();
      await Promise.all([this.frames.load(), this.delivered.load(), this.engineFacts.load()]);
      this.queue.setWorkers(this.engineInfo().workers);
      this.scans.load(await loadScans());
      await this.queue.load(await loadJobs());
      deleteExpiredAliases().catch(reportBug);
    } catch (error) {
      // Without its memory the background still answers; with a rejected start it would never again.
      reportBug(error);
    }
  }

  engineInfo(): EngineInfo {
    return this.engineFacts.get('info') ?? INFO_BEFORE_START;
  }

  setEngineInfo(info: EngineInfo): void {
    this.engineFacts.set('info', info);
    this.queue.setWorkers(info.workers);
    this.views.changed(null);
  }

  /** A content script has spoken: enters its document unless it is known. */
  meet(frame: KnownFrame): void {
    if (this.frames.find(frame) === undefined) this.introduce(frame);
  }

  /**
   * A content script has begun: enters its document, and ends what its frame showed before. Without document
   * ids (older Firefox) only this tells one document from the next.
   */
  introduce(frame: KnownFrame): void {
    if (this.frames.find(frame) !== undefined && frame.documentId !== null) return;
    const before = this.frames.enter(frame);
    if (before !== undefined) this.ended(before);
    this.views.changed(frame.tabId);
  }

  /** A document has no content script any more. */
  left(frame: KnownFrame | Subscriber): void {
    this.frames.forget(frame);
    this.ended(frame);
    this.views.changed(frame.tabId);
  }

  /** The context menu's entry was chosen in a tab. */
  async menuUsed(tabId: number, info: Menus.OnClickData): Promise<void> {
    if (!(await analyze(this.frames, tabId, info))) await this.closedPages.tell(tabId);
  }

  /** A tab has closed. */
  tabClosed(tabId: number): void {
    this.closedPages.seen(tabId);
    this.frames.forgetTab(tabId);
    this.delivered.forgetTab(tabId);
    this.queue.leave((subscriber) => (subscriber.tabId === tabId ? null : subscriber));
    void this.scans.forget(tabId);
  }

  /** Badges on hover: where access is granted, unless a person has switched the tab's site off. */
  async hover(frame: KnownFrame): Promise<boolean> {
    const { tabUrl, pageUrl } = frame;
    const site = tabUrl ?? pageUrl;
    const [settings, own, tabs] = await Promise.all([
      loadSettings(),
      isPermitted(pageUrl),
      isPermitted(site),
    ]);
    return hoversOn(settings, hostOf(site)) && (own || tabs);
  }

  private ended(frame: KnownFrame | Subscriber): void {
    const { tabId, frameId } = frame;
    this.queue.forgetFrame(frame);
    if (frameId === 0) {
      this.delivered.forgetTab(tabId);
      void this.scans.forget(tabId);
    } else this.delivered.forgetFrame(frame);
  }

  private queueChanged(): void {
    this.wake.set(this.queue.size > 0);
    this.scans.check();
  }

  private async deliver(deliveries: Delivery[]): Promise<void> {
    const answers = deliveries.filter(
      ({ subscriber, state }) => subscriber.scanned !== null && isFinal(state),
    );
    for (const { subscriber } of answers) this.countUndelivered(subscriber.tabId, 1);
    await Promise.all(byFrame(deliveries).map(({ frame, states }) => this.push(frame, states)));
    for (const { subscriber } of answers) this.countUndelivered(subscriber.tabId, -1);
    if (answers.length > 0) this.scans.check();
  }

  private countUndelivered(tabId: number, change: number): void {
    const count = (this.undelivered.get(tabId) ?? 0) + change;
    if (count > 0) this.undelivered.set(tabId, count);
    else this.undelivered.delete(tabId);
  }

  private async push(frame: Parameters<typeof push>[0], states: Parameters<typeof push>[1]): Promise<void> {
    const arrived = await push(frame, states, this.delivered);
    const known = this.frames.find(frame);
    if (!arrived && known !== undefined) this.left(known);
    else if (!arrived) this.queue.forgetFrame(frame);
    this.views.changed(frame.tabId);
  }

  private async collect(frame: KnownFrame): Promise<ImageRef[]> {
    const answer = await ask(frame, 'scan.collect', {}, COLLECT_LIMIT_MS);
    if (answer.kind === 'gone') this.left(frame);
    return answer.kind === 'answered' ? answer.reply.images : [];
  }

  private screenForScan(
    frame: KnownFrame,
    images: readonly ImageRef[],
    priority: (image: ImageRef) => Priority,
  ) {
    return screen({ frame, images, effort: 'quick', priority, by: 'scan' }, this);
  }

  private async readInPage(
    reader: Subscriber,
  ): Promise<Result<Uint8Array<ArrayBuffer>, FailureReason> | null> {
    const { id, generation } = reader;
    const answer = await ask(reader, 'image.read', { id, generation }, PAGE_READ_LIMIT_MS);
    if (answer.kind === 'gone') return null;
    if (answer.kind === 'silent') return failure('timeout');
    return answer.reply.ok ? success(answer.reply.value) : failure(answer.reply.failure);
  }
}
