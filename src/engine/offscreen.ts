/** The engine's host in Chrome: an offscreen document, which lives until it closes itself. */
import { guardedDoor, ownSender } from '../platform/doors.ts';
import { PACKAGED_CARDS, packagedKey } from '../platform/packaged-models.ts';
import { findVerdict } from '../platform/store/verdicts.ts';
import { listen, toBackground } from '../platform/transports.ts';
import { sender } from '../protocol/channel.ts';
import { backgroundToEngine, engineToBackground } from '../protocol/messages.ts';
import { browserWorker } from './browser-worker.ts';
import { createEngineHost } from './host.ts';
import { Outbox } from './outbox.ts';
import { readUrl } from './read-url.ts';

const send = sender(engineToBackground, 'background', toBackground());
const outbox = new Outbox(send, closeSoon);
/** News that nobody needs twice: without a listener it is dropped. */
const unheard = () => undefined;
let idle = false;

/** Frees the memory of WASM and graphics. Undelivered outcomes keep the document open until they are collected. */
function closeWhenDone(): void {
  if (idle && outbox.isEmpty) window.close();
}

/** Later: closing at once would take along an answer that is on its way. */
function closeSoon(): void {
  setTimeout(closeWhenDone, 1000);
}

const host = createEngineHost({
  cards: PACKAGED_CARDS,
  readUrl,
  knownVerdicts: { find: async (sha256) => findVerdict(sha256, await packagedKey()) },
  onStarted: (jobId) => void send('engine.started', { jobId }).catch(unheard),
  onDone: (outcome) => void outbox.deliver(outcome),
  onInfo: (info) => void send('engine.info', info).catch(unheard),
  onIdle: () => {
    idle = true;
    closeWhenDone();
  },
  workerFactory: browserWorker,
  cores: navigator.hardwareConcurrency,
  // Storage is out of reach here, so the background passes the tests' setting in the address.
  allowFallbackAdapter: new URLSearchParams(location.search).has('allowFallbackAdapter'),
});

listen(
  guardedDoor({
    here: 'engine',
    table: backgroundToEngine,
    admit: ownSender,
    handlers: {
      'engine.run': (job) => {
        idle = false;
        host.run(job);
        return {};
      },
      'engine.cancel': ({ jobIds }) => {
        host.cancel(jobIds);
        return {};
      },
      'engine.status': () => {
        closeSoon();
        return { ...host.status(), undelivered: outbox.collect() };
      },
    },
  }),
);
