/** The engine's host in Firefox: it lives in the event page itself, which may start workers. */
import { modelKey } from '../core/model/card.ts';
import { findVerdict } from '../platform/store/verdicts.ts';
import { browserWorker } from './browser-worker.ts';
import { createEngineHost, type EngineHost, type HostOptions } from './host.ts';
import { packagedCard } from './model.ts';
import { readUrl } from './read-url.ts';

/** A host that shares the background's page; its news arrive as calls. Ends its workers when idle. */
export function createLocalHost(
  news: Pick<HostOptions, 'onStarted' | 'onDone' | 'onInfo' | 'allowFallbackAdapter'>,
): EngineHost {
  const card = packagedCard();
  return createEngineHost({
    ...news,
    card,
    readUrl,
    knownVerdicts: { find: (sha256) => findVerdict(sha256, modelKey(card)) },
    onIdle: () => {},
    workerFactory: browserWorker,
    cores: navigator.hardwareConcurrency,
  });
}
