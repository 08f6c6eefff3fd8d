/** Rows for tests. */
import type { Scored } from '../../core/verdict.ts';
import type { JobRow, Subscriber, VerdictRow } from '../store/schema.ts';

export const aScore = (changes: Partial<Scored> = {}): Scored => ({
  state: 'scored',
  level: 'some',
  probability: 0.7,
  band: [0.6, 0.8],
  topProbability: 0.9,
  flaggedShare: 0.3,
  coverage: 1,
  grid: { rows: 2, columns: 2 },
  facts: { widthPx: 200, heightPx: 100, format: 'jpeg', sizeBytes: 1234 },
  pixelPath: 'file',
  model: 'strong@1/p1',
  role: 'strong',
  backend: 'wasm',
  computeMs: 12,
  sha256: 'a'.repeat(64),
  ...changes,
});

export const aVerdictRow = (changes: Partial<VerdictRow> = {}): VerdictRow => {
  const sha256 = changes.sha256 ?? 'a'.repeat(64);
  const model = changes.model ?? 'fast@1/p1+strong@1/p1:0123456789abcdef';
  return {
    key: `${sha256}:${model}`,
    sha256,
    model,
    verdict: aScore({ sha256 }),
    map: null,
    thumbnail: null,
    sizeBytes: 1000,
    storedAt: 0,
    usedAt: 0,
    ...changes,
  };
};

export const aSubscriber = (changes: Partial<Subscriber> = {}): Subscriber => ({
  tabId: 1,
  frameId: 0,
  documentId: 'document-1',
  id: 1,
  generation: 0,
  pageReadable: false,
  asked: 'hover',
  scanned: null,
  ...changes,
});

export const aJob = (changes: Partial<JobRow> = {}): JobRow => ({
  key: 'quick|public|https://a.example/1.jpg',
  jobId: 'job-1',
  sequence: 0,
  effort: 'quick',
  source: { kind: 'url', url: 'https://a.example/1.jpg', pageUrl: 'https://a.example/' },
  subscribers: [aSubscriber()],
  state: 'waiting',
  attempts: 0,
  ...changes,
});
