/** A helper thread of the engine's worker (`kernel-threads.ts`). */
import { createHelper, type HelperMessage } from '../kernels/helper.ts';

const obey = createHelper();
// Its one sender is the worker of the same package that started it.
self.onmessage = (event: MessageEvent<HelperMessage>) => obey(event.data);
