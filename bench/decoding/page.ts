/** The browser's side: decodes with the engine's canvas path and sends the pixels back. */
import type { Format } from '../../src/core/image/magic.ts';
import { createCanvasDecoder } from '../../src/engine/canvas-decoder.ts';

/** What the page offers as `globalThis.canvas`: the picture's size, or why there is none; pixels go to `sendTo`. */
export interface CanvasPage {
  decode(
    address: string,
    format: Format,
    sendTo: string,
  ): Promise<{ widthPx: number; heightPx: number } | string>;
}

const decodeFile = createCanvasDecoder();

const canvas: CanvasPage = {
  async decode(address, format, sendTo) {
    const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
    const decoded = await decodeFile(bytes, format);
    if (!decoded.ok) return decoded.failure.reason;
    const { widthPx, heightPx, rgba } = decoded.value;
    await fetch(sendTo, { method: 'POST', body: new Uint8Array(rgba) });
    return { widthPx, heightPx };
  },
};

Object.assign(globalThis, { canvas });
