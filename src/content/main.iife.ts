/** Entry of the content script. One instance serves a document, however often the script is injected. */
import { Frame } from './frame.ts';

/** In the isolated world only: the page has another global object. */
const INSTANCE = Symbol.for('telltale.frame');
const world = globalThis as typeof globalThis & { [INSTANCE]?: Frame };

/** The browser's viewer shows such a document out of every script's reach: there is nothing to be found here. */
const isPdf = document.contentType === 'application/pdf';

if (!isPdf && !world[INSTANCE]?.alive) {
  // Of a copy of the extension that was reloaded under this page.
  world[INSTANCE]?.retire();
  world[INSTANCE] = new Frame();
  world[INSTANCE].start();
}
