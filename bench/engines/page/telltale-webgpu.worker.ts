import { serve } from './serve.ts';
import { prepareTelltale } from './telltale.ts';

serve((task) => prepareTelltale(task, 'webgpu'));
