// How well the model's calibration is known. By hand: node scripts/calibration-band.mjs --data DIR
// DIR holds real/<source>/ and fake/<source>/ with JPEG and WebP crops. Prints the numbers for the card's
// `calibration.covariance` and `blockVariance`, and what they rest on.
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';

const { values } = parseArgs({
  options: { data: { type: 'string' }, rounds: { type: 'string', default: '2000' } },
});
if (values.data === undefined) {
  process.stderr.write('usage: node scripts/calibration-band.mjs --data DIR [--rounds N]\n');
  process.exit(2);
}
const { module } = await runnerImport(new URL('./lib/calibration-band.ts', import.meta.url).pathname, {
  configFile: false,
  logLevel: 'error',
});
const report = await module.measureCalibration(values.data, Number(values.rounds));
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
