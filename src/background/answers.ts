/** The background's answers, one table per tier of senders. The types force every message to have one. */
import { limitsOf } from '../core/model/card.ts';
import type { ContentSender, PageSender } from '../platform/doors.ts';
import { PACKAGED_CARDS } from '../platform/packaged-models.ts';
import { setHover } from '../platform/settings.ts';
import { cacheSize, wipeCache } from '../platform/store/verdicts.ts';
import type { Handlers } from '../protocol/channel.ts';
import type {
  backgroundToContent,
  contentToBackground,
  engineToBackground,
  pageToBackground,
  ReplyOf,
} from '../protocol/messages.ts';
import type { FrameRow } from '../protocol/schemas.ts';
import type { App } from './app.ts';
import { ask, type ContentMessage, PUSH_LIMIT_MS } from './content-link.ts';
import { forgetRecent, mapOf } from './known-verdicts.ts';
import { exportMarks, mark } from './marks.ts';
import { accessTo, hostOf, pageView, tabFacts } from './page-view.ts';
import { sameFrame, withoutAsked } from './queue/rows.ts';
import { reportBug } from './report-bug.ts';
import { screen } from './screening.ts';

/** For content scripts: about their own document only, which the browser names. */
export function contentAnswers(app: App): Handlers<typeof contentToBackground, ContentSender> {
  return {
    'frame.hello': async (_, from) => {
      app.introduce(from);
      return { hover: await app.hover(from) };
    },
    'image.screen': async ({ images, priority, effort }, from) => {
      app.meet(from);
      const states = await screen(
        { frame: from, images, effort, priority: () => priority, by: 'frame' },
        app,
      );
      app.views.changed(from.tabId);
      return { states };
    },
    'image.cancel': ({ ids }, from) => {
      const cancelled = new Set(ids);
      app.queue.leave((subscriber) =>
        sameFrame(subscriber, from) && cancelled.has(subscriber.id) ? withoutAsked(subscriber) : subscriber,
      );
      return {};
    },
    'image.map': async ({ sha256 }, from) => ({
      map: app.delivered.has(from.tabId, sha256) ? await mapOf(sha256) : null,
    }),
    'model.limits': ({ role }) => ({ limits: limitsOf(PACKAGED_CARDS[role]) }),
    'scan.more': async ({ images }, from) => {
      await app.scans.more(from, images);
      return {};
    },
    'frame.changed': (_, from) => {
      app.views.changed(from.tabId);
      return {};
    },
  };
}

/** Passes a wish for one image on to its frame; throws, which the page then says, when nobody is there. */
async function tellImage<Name extends Extract<ContentMessage, `image.${string}`>>(
  app: App,
  { tabId, frameId }: { tabId: number; frameId: number },
  ...message: [name: Name, request: Parameters<typeof ask<Name>>[2]]
): Promise<ReplyOf<typeof backgroundToContent, Name>> {
  const frame = app.frames.at(tabId, frameId);
  const answer = frame === undefined ? null : await ask(frame, ...message, PUSH_LIMIT_MS);
  if (frame !== undefined && answer?.kind === 'gone') app.left(frame);
  if (answer?.kind !== 'answered') throw new Error('the page did not answer');
  return answer.reply;
}

/** For Telltale's own pages. */
export function pageAnswers(app: App): Handlers<typeof pageToBackground, PageSender> {
  const view = {
    frames: app.frames,
    reach: (tabId: number) => app.reach.known(tabId),
    left: app.left.bind(app),
    shown: (frame: ContentSender, rows: readonly FrameRow[]) => {
      const told = rows.flatMap(({ image, state }) => (state === null ? [] : [{ id: image.id, state }]));
      app.delivered.recount(frame, told);
    },
    scan: (tabId: number) => app.scans.progress(tabId),
    engine: () => app.engineInfo(),
  };
  return {
    'page.view': ({ tabId, opened, pictured }) => {
      if (opened) {
        app.reach.tryAgain(tabId);
        app.closedPages.seen(tabId);
      }
      return pageView(tabId, view, pictured);
    },
    'scan.start': ({ tabId }) => {
      // Answered at once: how it goes on is in the view.
      app.scans.start(tabId).catch(reportBug);
      return {};
    },
    'scan.cancel': async ({ tabId }) => {
      await app.scans.cancel(tabId);
      return {};
    },
    'row.screen': ({ id, ...frame }) => tellImage(app, frame, 'image.analyze', { id }),
    'row.reveal': ({ id, ...frame }) => tellImage(app, frame, 'image.reveal', { id }),
    'row.heatmap': ({ id, shown, ...frame }) => tellImage(app, frame, 'image.heatmap', { id, shown }),
    'row.mark': async (request) => {
      await mark(request);
      app.views.changed(null);
      return {};
    },
    'marks.export': () => exportMarks(),
    'cache.size': () => cacheSize(),
    'cache.wipe': async () => {
      forgetRecent();
      return { verdicts: await wipeCache() };
    },
    'site.hover': async ({ tabId, on }) => {
      const { url } = await tabFacts(tabId, app.frames);
      await setHover(hostOf(url), on);
      await app.sites.tellSettings({ granted: false });
      return accessTo(url);
    },
  };
}

/** For the engine's host. */
export function engineAnswers(app: App): Handlers<typeof engineToBackground, null> {
  return {
    'engine.started': ({ jobId }) => {
      app.queue.started(jobId);
      return {};
    },
    'engine.done': async (outcome) => {
      await app.queue.done(outcome);
      return {};
    },
    'engine.info': (info) => {
      app.setEngineInfo(info);
      return {};
    },
  };
}
