import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { exampleCard } from '../../../test/support/example-card.ts';
import type { ModelCard } from './card.ts';
import { modelsKey } from './card-identity.ts';

const hash = async (text: string) => createHash('sha256').update(text).digest('hex');
const keyOf = (fast: ModelCard, strong: ModelCard) => modelsKey({ fast, strong }, hash);

it('the key of a pair changes with each model, its calibration and its tested range, whatever their versions say', async () => {
  const { calibration, weights } = exampleCard;
  const own = await keyOf(exampleCard, exampleCard);
  expect(own).toMatch(/^example@1\/p1\+example@1\/p1:[0-9a-f]{16}$/);
  const changes: Partial<ModelCard>[] = [
    { version: '2' },
    { weights: { ...weights, sha256: 'cd'.repeat(32) } },
    { calibration: { ...calibration, strongAt: 0.8 } },
    { testedRange: { sidePx: [100, 2000] } },
  ];
  const keys = await Promise.all(
    changes.flatMap((change) => {
      const changed = { ...exampleCard, ...change };
      return [keyOf(changed, exampleCard), keyOf(exampleCard, changed)];
    }),
  );
  expect(new Set([own, ...keys]).size).toBe(1 + 2 * changes.length);
  expect(await keyOf({ ...exampleCard, name: 'Another name' }, exampleCard)).toBe(own);
});
