import { expect, it, vi } from 'vitest';
import { exampleCard } from '../../test/support/example-card.ts';
import { failure, success } from '../core/result.ts';
import type { Engine } from './engine.ts';
import { LoadedModels, type LoadOptions } from './loaded-models.ts';

const network = { forward: vi.fn(), dispose: vi.fn() };
const proven = () => ({ network, tune: vi.fn(async () => 'stock' as const) });

function models(weights: LoadOptions['weights'], add: Engine['add']) {
  const engine: Engine = {
    ...proven(),
    ...{ backend: 'wasm', kernels: 'stock', note: null, lost: new Promise(() => undefined), add },
  };
  const cards = { fast: { ...exampleCard, id: 'fast' }, strong: { ...exampleCard, id: 'strong' } };
  return new LoadedModels(engine, { cards, weights });
}

it('loads the strong model with the first picture that needs it, once', async () => {
  const weights = vi.fn(async () => success(new Map()));
  const second = proven();
  const loaded = models(weights, async () => success(second));
  expect(await loaded.get('fast')).toMatchObject({ ok: true, value: { card: { id: 'fast' } } });
  expect(weights).not.toHaveBeenCalled();
  const [first, again] = await Promise.all([loaded.get('strong'), loaded.get('strong')]);
  expect(first).toMatchObject({ ok: true, value: { card: { id: 'strong' } } });
  expect(again).toBe(first);
  expect(weights).toHaveBeenCalledTimes(1);
  await loaded.tune('strong');
  await loaded.tune('strong');
  expect(second.tune).toHaveBeenCalledTimes(1);
});

it.each<[string, LoadOptions['weights'], Engine['add'], string]>([
  ['weights that are not its own', async () => failure({ reason: 'bad-weights' }), vi.fn(), 'bad-weights'],
  [
    'other numbers than its golden ones',
    async () => success(new Map()),
    async () => failure({ reason: 'wrong-result' }),
    'wrong-result',
  ],
  ['a reader that throws', () => Promise.reject(new Error('disk')), vi.fn(), 'exception'],
])('has no strong model for %s, and the fast one still', async (_name, weights, add, reason) => {
  const loaded = models(weights, add);
  expect(await loaded.get('strong')).toMatchObject({ ok: false, failure: { reason } });
  expect((await loaded.get('fast')).ok).toBe(true);
  await loaded.tune('strong');
});
