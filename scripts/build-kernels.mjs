/**
 * Compiles `src/kernels/assembly` into `src/kernels/generated`: the same bytes for the same source, which
 * `test/contract/kernels.test.ts` checks. `node scripts/build-kernels.mjs`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import asc from 'assemblyscript/asc';
import { ROOT } from './lib/command.mjs';

const FOLDER = path.join(ROOT, 'src/kernels/generated');

const SHARED = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'];

/** The source of each variant and what it may use. */
export const VARIANTS = {
  relaxed: ['index.ts', '--enable', 'simd', '--enable', 'relaxed-simd'],
  simd: ['index.ts', '--enable', 'simd'],
  'relaxed-shared': ['shared.ts', '--enable', 'simd', '--enable', 'relaxed-simd', ...SHARED],
  'simd-shared': ['shared.ts', '--enable', 'simd', ...SHARED],
};

/**
 * The WebAssembly binary of one variant.
 * @param {keyof typeof VARIANTS} variant
 */
export async function compileKernels(variant) {
  // At higher levels Binaryen reorders the inner loop so that its vectors do not fit in registers: 27 instead of 39 GFLOP/s.
  const options = ['--optimizeLevel', '1', '--noAssert', '--runtime', 'stub', '--importMemory'];
  const [entry, ...features] = VARIANTS[variant];
  /** @type {Uint8Array | null} */
  let binary = null;
  const { error, stderr } = await asc.main(
    [
      `src/kernels/assembly/${entry}`,
      '--baseDir',
      ROOT,
      '--outFile',
      'kernels.wasm',
      ...options,
      ...features,
    ],
    {
      writeFile: (_name, contents) => {
        if (typeof contents !== 'string') binary = contents;
      },
    },
  );
  const said = stderr.toString();
  if (error !== null || binary === null || said !== '') throw new Error(`${error}\n${said}`);
  return Buffer.from(binary);
}

/**
 * The TypeScript module that carries a variant's binary.
 * @param {keyof typeof VARIANTS} variant
 */
export async function kernelModule(variant) {
  const base64 = (await compileKernels(variant)).toString('base64');
  return `/** Built by scripts/build-kernels.mjs from src/kernels/assembly: do not edit. */\nexport const KERNELS =\n  '${base64}';\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await mkdir(FOLDER, { recursive: true });
  for (const variant of /** @type {(keyof typeof VARIANTS)[]} */ (Object.keys(VARIANTS))) {
    await writeFile(path.join(FOLDER, `${variant}.ts`), await kernelModule(variant));
  }
}
