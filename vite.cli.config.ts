import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import packageJson from './package.json' with { type: 'json' };

const MODEL = ['models/starter/card.json', 'models/starter/weights.safetensors'];

/** Puts the packaged model beside the script. */
const packagedModel = (): Plugin => ({
  name: 'telltale:packaged-model',
  generateBundle() {
    for (const fileName of MODEL) this.emitFile({ type: 'asset', fileName, source: readFileSync(fileName) });
  },
});

/** The command line for Node: our own code in a few files, packages where npm put them. */
export default defineConfig({
  define: { __VERSION__: JSON.stringify(packageJson.version) },
  publicDir: false,
  plugins: [packagedModel()],
  build: {
    ssr: true,
    outDir: 'dist/cli',
    target: 'node20.19',
    rollupOptions: {
      input: {
        telltale: 'src/cli/main.ts',
        'screen-worker': 'src/cli/screen-worker.ts',
        'inspect-worker': 'src/cli/inspect-worker.ts',
        'calibrate-worker': 'src/cli/calibrate-worker.ts',
        'evaluate-worker': 'src/cli/evaluate-worker.ts',
        'kernel-helper': 'src/cli/kernel-helper.ts',
      },
      // One flat folder: modules find the model and the worker beside themselves.
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
});
