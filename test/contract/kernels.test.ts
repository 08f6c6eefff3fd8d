/** The compiled kernels in the repository are what their source compiles to. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { kernelModule, VARIANTS } from '../../scripts/build-kernels.mjs';
import { ROOT } from '../../scripts/lib/command.mjs';

const variants = Object.keys(VARIANTS) as (keyof typeof VARIANTS)[];

describe.each(variants)('src/kernels/generated/%s.ts', (variant) => {
  it('is what `node scripts/build-kernels.mjs` writes', async () => {
    const committed = readFileSync(path.join(ROOT, `src/kernels/generated/${variant}.ts`), 'utf8');
    // No diff of two long lines: the answer is yes or no.
    expect((await kernelModule(variant)) === committed).toBe(true);
  }, 60_000);
});
