/** The @jsquash decoders (mozjpeg, image-rs PNG, libwebp), started from modules that the host has compiled. */
import decodeJpeg, { init as startJpeg } from '@jsquash/jpeg/decode.js';
import { decode as decodePng, init as startPng } from '@jsquash/png/decode.js';
import decodeWebp, { init as startWebp } from '@jsquash/webp/decode.js';
import type { PixelImage } from './pixels.ts';

/** A compiled `WebAssembly.Module`; core's own types know no WebAssembly. */
export type CompiledModule = object;

/** Decodes a whole file into straight-alpha pixels as stored; null when it gives up. */
export type FileDecoder = (bytes: Uint8Array) => Promise<PixelImage | null>;

export interface SharedDecoders {
  jpeg: FileDecoder;
  png: FileDecoder;
  webp: FileDecoder;
  /** Bytes of WASM memory held; it never shrinks. */
  heapBytes(): number;
  /** A decoder that gave up too often may have leaked its stack and should be replaced with its worker. */
  isWorn(): boolean;
}

interface Memory {
  buffer: { byteLength: number };
}
interface Raw {
  width: number;
  height: number;
  data: Uint8Array | Uint8ClampedArray;
}

/** Exceptions thrown through the PNG decoder's frames leave its stack pointer where it was. */
const MAX_PNG_FAULTS = 100;

/** The mozjpeg and libwebp builds: Emscripten modules that take the arguments of their `init`. */
type EmscriptenStart = (module: never, options: object) => Promise<void>;

/**
 * Starts the decoders from compiled modules (`codec/dec/mozjpeg_dec.wasm`, `codec/pkg/squoosh_png_bg.wasm`,
 * `codec/dec/webp_dec.wasm`); rejects when one cannot be instantiated. jsquash keeps them as singletons: one set per
 * worker or process. Colour profiles and EXIF are ignored, nothing is premultiplied, 16-bit samples become 8-bit.
 */
export async function initDecoders(modules: {
  jpeg: CompiledModule;
  png: CompiledModule;
  webp: CompiledModule;
}): Promise<SharedDecoders> {
  const jpeg = emscripten(startJpeg as EmscriptenStart, modules.jpeg);
  const webp = emscripten(startWebp as EmscriptenStart, modules.webp);
  await jpeg.start();
  await webp.start();
  // After the others: their glue gives Node the ImageData class that the PNG decoder needs.
  const png: { memory: Memory } = await startPng(modules.png as never);
  let pngFaults = 0;
  return {
    jpeg: guarded((bytes) => decodeJpeg(bytes as never), jpeg.start),
    webp: guarded((bytes) => decodeWebp(bytes as never), webp.start),
    png: guarded(
      (bytes) => decodePng(bytes as never),
      async () => {
        pngFaults += 1;
      },
    ),
    heapBytes: () => jpeg.heapBytes() + webp.heapBytes() + png.memory.buffer.byteLength,
    isWorn: () => pngFaults >= MAX_PNG_FAULTS,
  };
}

function guarded(decode: (bytes: Uint8Array) => Promise<Raw>, afterFault: () => Promise<void>): FileDecoder {
  return async (bytes) => {
    try {
      const { width, height, data } = await decode(bytes);
      return data.length === width * height * 4 ? { widthPx: width, heightPx: height, rgba: data } : null;
    } catch {
      // Errors cross as strings, exit codes and traps; all mean that these bytes are not a picture to it.
      await afterFault();
      return null;
    }
  };
}

/** Starts (and after a fault starts again) an Emscripten build, silenced, with an eye on its memory. */
function emscripten(start: EmscriptenStart, module: CompiledModule) {
  let memory: Memory | null = null;
  const silent = () => undefined;
  return {
    start: (): Promise<void> =>
      start(module as never, {
        print: silent,
        // libjpeg reports every oddity of a file here.
        printErr: silent,
        instantiateWasm: (imports: object, whenDone: (instance: Instance) => void) => {
          const instance = instantiate(module, imports);
          memory = memoryOf(instance);
          whenDone(instance);
          return instance.exports;
        },
      }),
    heapBytes: () => memory?.buffer.byteLength ?? 0,
  };
}

interface Instance {
  exports: Record<string, unknown>;
}
declare const WebAssembly: { Instance: new (module: object, imports: object) => Instance };
const instantiate = (module: CompiledModule, imports: object): Instance =>
  new WebAssembly.Instance(module, imports);

const memoryOf = (instance: Instance): Memory | null =>
  Object.values(instance.exports).find(
    (value): value is Memory =>
      typeof value === 'object' && value !== null && 'buffer' in value && 'grow' in value,
  ) ?? null;
