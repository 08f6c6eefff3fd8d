import { prepareOrt } from './ort.ts';
import { serve } from './serve.ts';

serve((task, threads) => prepareOrt(task, { provider: 'wasm', threads }));
