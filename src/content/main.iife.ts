/** Entry of the content script. One instance serves a document, however often the script is injected. */
import { Frame } from './frame.ts';

/** In the isolated world only: the page has another global object. */
const INSTANCE = Symbol.for('telltale.frame');
const world = globalThis as typeof globalThis & { [INSTANCE]?: Frame };

if (!world[INSTANCE]?.alive) {
  // Of a copy of the extension that was reloaded under this page.
  world[INSTANCE]?.retire();
  world[INSTANCE] = new Frame();
  world[INSTANCE].start();
}
