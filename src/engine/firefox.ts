/** The engine's host in Firefox: it lives in the event page itself, which may start workers. */
import { PACKAGED_CARDS, packagedKey } from '../platform/packaged-models.ts';
import { findVerdict } from '../platform/store/verdicts.ts';
import { browserWorker } from './browser-worker.ts';
import { createEngineHost, type EngineHost, type HostOptions } from './host.ts';
import { readUrl } from './read-url.ts';

/** A host that shares the background's page; its news arrive as calls. Ends its workers when idle. */
export function createLocalHost(
  news: Pick<HostOptions, 'onStarted' | 'onDone' | 'onInfo' | 'allowFallbackAdapter'>,
): EngineHost {
  return createEngineHost({
    ...news,
    cards: PACKAGED_CARDS,
    readUrl,
    knownVerdicts: { find: async (sha256) => findVerdict(sha256, await packagedKey()) },
    onIdle: () => {},
    workerFactory: browserWorker,
    cores: navigator.hardwareConcurrency,
  });
}
