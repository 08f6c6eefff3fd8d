import { serve } from './serve.ts';
import { prepareTelltale } from './telltale.ts';

serve((task, threads) => prepareTelltale(task, 'wasm', threads));
