import { prepareOrt } from './ort.ts';
import { serve } from './serve.ts';

serve((task) => prepareOrt(task, { provider: 'webgpu', threads: 1 }));
