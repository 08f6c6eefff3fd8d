import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import packageJson from './package.json' with { type: 'json' };
import { MODEL_FILES, MODELS_FOLDER } from './src/core/model/packaged.ts';
import { MODEL_ROLES } from './src/core/verdict.ts';

const SHIPPED = MODEL_ROLES.flatMap((role) => MODEL_FILES.map((file) => `${MODELS_FOLDER}/${role}/${file}`));

/** Puts the packaged models beside the script. */
const packagedModels = (): Plugin => ({
  name: 'telltale:packaged-models',
  generateBundle() {
    for (const fileName of SHIPPED)
      this.emitFile({ type: 'asset', fileName, source: readFileSync(fileName) });
  },
});

/** The command line for Node: our own code in a few files, packages where npm put them. */
export default defineConfig({
  define: { __VERSION__: JSON.stringify(packageJson.version) },
  publicDir: false,
  plugins: [packagedModels()],
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
