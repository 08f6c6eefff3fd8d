/** Rows for the tests of reports and lists. */
import type { Scored } from '../verdict.ts';
import type { ReportInput, ReportRow } from './input.ts';

/** A scored state with P(generated) `probability`; other fields by `changes`. */
export const scoredState = (probability: number, changes: Partial<Scored> = {}): Scored => ({
  state: 'scored',
  level: 'some',
  probability,
  band: [Math.max(0, probability - 0.1), Math.min(1, probability + 0.1)],
  topProbability: probability,
  flaggedShare: 0.25,
  coverage: 1,
  grid: { rows: 20, columns: 30 },
  facts: { widthPx: 640, heightPx: 480, format: 'jpeg', sizeBytes: 123_456 },
  pixelPath: 'file',
  model: 'strong@2/p1',
  role: 'strong',
  backend: 'wasm',
  computeMs: 412.5,
  sha256: 'ab'.repeat(32),
  ...changes,
});

export const reportRow = (changes: Partial<ReportRow> = {}): ReportRow => ({
  label: 'bridge.jpg',
  url: 'https://pictures.test/bridge.jpg',
  state: scoredState(0.9),
  thumbnail: null,
  markedWrong: false,
  ...changes,
});

export const reportInput = (changes: Partial<ReportInput> = {}): ReportInput => ({
  createdAt: '2026-01-02T03:04:05.000Z',
  version: '0.1.0',
  page: { title: 'A page', url: 'https://page.test/' },
  engine: {
    backend: 'wasm',
    models: [
      { role: 'fast', id: 'fast', version: '1', name: 'Fast', limits: ['Screenshots'] },
      { role: 'strong', id: 'strong', version: '2', name: 'Strong', limits: ['Drawings'] },
    ],
  },
  rows: [reportRow()],
  ...changes,
});
