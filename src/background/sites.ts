/** Keeps what runs in pages in step with what the browser grants, at once when that changes. */

import { grantedPatterns } from '../platform/access.ts';
import { browser, type Scripting } from '../platform/browser.ts';
import { matchesAny } from '../platform/match-pattern.ts';
import { ask, PUSH_LIMIT_MS } from './content-link.ts';
import type { Frames, KnownFrame } from './frames.ts';
import { CONTENT_SCRIPT, injectInto } from './inject.ts';

type Registered = Scripting.RegisteredContentScript;

const SCRIPT_ID = 'telltale-pages';

/** Registers the content script for exactly `patterns`: future documents, all frames, later sessions too. */
async function register(patterns: readonly string[]): Promise<void> {
  const [present] = await browser.scripting.getRegisteredContentScripts({ ids: [SCRIPT_ID] });
  if (patterns.length === 0) {
    if (present) await browser.scripting.unregisterContentScripts({ ids: [SCRIPT_ID] });
    return;
  }
  const script = {
    id: SCRIPT_ID,
    js: [CONTENT_SCRIPT],
    matches: [...patterns],
    allFrames: true,
    matchOriginAsFallback: true,
    runAt: 'document_idle' as const,
    persistAcrossSessions: true,
  };
  if (present === undefined) await browser.scripting.registerContentScripts([script]);
  else if (!isCurrent(present, script)) await browser.scripting.updateContentScripts([script]);
}

/** The file's name changes with its content: what an earlier version has registered may be another file. */
function isCurrent(present: Registered, wanted: Registered): boolean {
  const same = (a: readonly string[] = [], b: readonly string[] = []): boolean =>
    a.length === b.length && a.every((entry) => b.includes(entry));
  return same(present.js, wanted.js) && same(present.matches, wanted.matches);
}

async function enterOpenTabs(patterns: readonly string[]): Promise<void> {
  if (patterns.length === 0) return;
  const tabs = await browser.tabs.query({ url: [...patterns] });
  await Promise.all(
    tabs.map(({ id, discarded }) => (id !== undefined && !discarded ? injectInto(id) : null)),
  );
}

export interface SiteEnvironment {
  frames: Frames;
  /** Whether badges on hover are on for a document. */
  hover: (frame: KnownFrame) => Promise<boolean>;
  /** A document has lost its content script. */
  left: (frame: KnownFrame) => void;
}

export class Sites {
  /** Changes that overlap are taken one after the other, or an old set could win. */
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly environment: SiteEnvironment) {}

  /** Registers for what is granted now, without touching open pages: those were entered when it was granted. */
  start(): Promise<void> {
    return this.next(async () => register(await grantedPatterns()));
  }

  /** Something was granted: enters open pages of it, too. */
  granted(patterns: readonly string[]): Promise<void> {
    return this.next(async () => {
      await register(await grantedPatterns());
      await enterOpenTabs(patterns);
      await this.tellSettings({ granted: true });
    });
  }

  /** Something was withdrawn: documents that only that covered are left, traces and all. */
  withdrawn(patterns: readonly string[]): Promise<void> {
    return this.next(async () => {
      const remaining = await grantedPatterns();
      await register(remaining);
      const uncovered = this.environment.frames
        .all()
        .filter(({ pageUrl }) => matchesAny(patterns, pageUrl) && !matchesAny(remaining, pageUrl));
      await Promise.all(uncovered.map((frame) => this.retire(frame)));
      await this.tellSettings({ granted: false });
    });
  }

  /** Tells every known document whether to show badges on hover, and whether access has grown. */
  async tellSettings({ granted }: { granted: boolean }): Promise<void> {
    await Promise.all(
      this.environment.frames.all().map(async (frame) => {
        const hover = await this.environment.hover(frame);
        await ask(frame, 'frame.settings', { hover, granted }, PUSH_LIMIT_MS);
      }),
    );
  }

  private async retire(frame: KnownFrame): Promise<void> {
    await ask(frame, 'frame.retire', {}, PUSH_LIMIT_MS);
    this.environment.left(frame);
  }

  private next(work: () => Promise<void>): Promise<void> {
    this.turn = this.turn.catch(() => {}).then(work);
    return this.turn;
  }
}
