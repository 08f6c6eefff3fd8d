// Layer tables of published detectors for the trainer's baselines, from Telltale's own: node training/tables.mjs
// Writes training/networks/<name>.json, each with a head of one output: the logit of "generated".
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const NAMES = ['resnet18_layer1', 'xception_block2', 'resnet18', 'npr_resnet50', 'safe_resnet50'];

const folder = fileURLToPath(new URL('./networks', import.meta.url));
const { module } = await runnerImport(new URL('./lib/tables.ts', import.meta.url).pathname, {
  configFile: false,
  logLevel: 'error',
});
mkdirSync(folder, { recursive: true });
for (const name of NAMES) {
  const layers = module.tableOf(name).map((/** @type {unknown} */ layer) => ` ${JSON.stringify(layer)}`);
  writeFileSync(`${folder}/${name}.json`, `[\n${layers.join(',\n')}\n]\n`);
}
