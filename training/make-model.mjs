// A model folder from an export of the trainer. By hand:
//   node training/make-model.mjs --export DIR --out DIR [--card product --name NAME --version N --facts FILE]
// Folds BatchNorm, takes the golden logits from Telltale's own engine, and refuses an export whose PyTorch logits differ.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createServer } from 'vite';

const { values } = parseArgs({
  options: {
    export: { type: 'string' },
    out: { type: 'string' },
    card: { type: 'string', default: 'imported' },
    name: { type: 'string' },
    version: { type: 'string', default: '1' },
    facts: { type: 'string' },
  },
});
if (values.export === undefined || values.out === undefined) {
  process.stderr.write(
    'usage: node training/make-model.mjs --export DIR --out DIR [--card imported|product] [--facts FILE]\n',
  );
  process.exit(2);
}
// A server, not `runnerImport`: the engine imports its kernels when it starts, long after its module was loaded.
const server = await createServer({
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
const module = await server.ssrLoadModule(new URL('./lib/make-model.ts', import.meta.url).pathname);
const { name, version } = values;
const facts = values.facts === undefined ? undefined : JSON.parse(readFileSync(values.facts, 'utf8'));
const made = await module.makeModel(values.export, values.out, { card: values.card, name, version, facts });
await server.close();
process.stdout.write(`${JSON.stringify(made)}\n`);
process.exit(made.ok ? 0 : 1);
