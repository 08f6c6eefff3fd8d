/** Helper threads for tests in Node, which cannot run TypeScript: their script is built into a temporary file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'vite';
import { ROOT } from '../../scripts/lib/command.mjs';

/** Path of the built script, and a way to remove it. */
export async function buildKernelHelper(): Promise<{ script: string; remove: () => void }> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: { ssr: path.join(ROOT, 'src/cli/kernel-helper.ts'), write: false, target: 'node20.19' },
  });
  if (Array.isArray(built) || !('output' in built)) throw new Error('nothing was built');
  const folder = mkdtempSync(path.join(tmpdir(), 'telltale-helper-'));
  const script = path.join(folder, 'kernel-helper.mjs');
  writeFileSync(script, built.output[0].code);
  return { script, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
