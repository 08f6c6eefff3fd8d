/** Decodes every file of a folder that `make.py` has filled, in both ways, and compares with Pillow. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { decodeImage } from '../../src/core/image/decode.ts';
import { flattenOverWhite, type PixelImage } from '../../src/core/image/pixels.ts';
import { sniff } from '../../src/core/image/sniff.ts';
import type { Network } from '../../src/core/model/network.ts';
import { pixelImageOf } from '../../src/core/model/preprocess.ts';
import { screenImage } from '../../src/core/score/screen.ts';
import { PACKAGED_CARDS } from '../../src/platform/packaged-models.ts';
import { packagedNetwork } from '../../test/support/packaged.ts';
import { nodeDecoders } from '../../test/support/pictures-by-hand.ts';
import { startDecodingBrowser } from './browser.ts';
import { added, type Difference, differenceOf, NO_DIFFERENCE } from './differences.ts';

interface Listed {
  name: string;
  kind: string;
  widthPx: number;
  heightPx: number;
}

/** What one decoder made of all files of a kind. */
export interface Line {
  kind: string;
  decoder: 'file' | 'canvas';
  files: number;
  /** Files that it does not read, with the engine's word for it. */
  refused: string | null;
  difference: Difference;
  /** Largest change of P(fake), model `fast`. */
  scoreChange: number;
}

export interface DecodingReport {
  reference: string;
  browser: string;
  lines: Line[];
}

/** Compares all files of `folder`. `say` gets each file's name. */
export async function compareDecoders(
  folder: string,
  { browserPath, say }: { browserPath: string; say: (line: string) => void },
): Promise<DecodingReport> {
  const listing = JSON.parse(readFileSync(path.join(folder, 'files.json'), 'utf8'));
  const files: Listed[] = listing.files;
  const network = await packagedNetwork('fast', 'wasm');
  const browser = await startDecodingBrowser(browserPath, folder);
  const decoders = [await fileDecoder(folder), canvasDecoder(folder, browser)];
  const lines = new Map<string, Line>();
  try {
    for (const file of files) {
      say(file.name);
      const reference = referenceOf(folder, file);
      for (const { decoder, decode } of decoders) {
        const key = `${file.kind}/${decoder}`;
        const line = lines.get(key) ?? emptyLine(file.kind, decoder);
        lines.set(key, await extended(line, await decode(file.name), { reference, network }));
      }
    }
  } finally {
    await browser.close();
  }
  return { reference: listing.reference, browser: browser.version, lines: [...lines.values()] };
}

const emptyLine = (kind: string, decoder: Line['decoder']): Line => ({
  ...{ kind, decoder, files: 0, refused: null, difference: NO_DIFFERENCE, scoreChange: 0 },
});

interface DecoderUnderTest {
  decoder: Line['decoder'];
  decode(name: string): Promise<PixelImage | string>;
}

const bytesOf = (folder: string, name: string) => new Uint8Array(readFileSync(path.join(folder, name)));

/** The WASM decoders, which Node and the engine's worker share. */
async function fileDecoder(folder: string): Promise<DecoderUnderTest> {
  const tools = { shared: await nodeDecoders(), canvas: null };
  return {
    decoder: 'file',
    decode: async (name) => {
      const bytes = bytesOf(folder, name);
      const sniffed = sniff(bytes);
      if (!sniffed.ok) return sniffed.failure.reason;
      const decoded = await decodeImage(bytes, sniffed.value, tools);
      return decoded.ok ? decoded.value.image : decoded.failure.reason;
    },
  };
}

function canvasDecoder(
  folder: string,
  browser: Awaited<ReturnType<typeof startDecodingBrowser>>,
): DecoderUnderTest {
  return {
    decoder: 'canvas',
    decode: async (name) => {
      const sniffed = sniff(bytesOf(folder, name));
      if (!sniffed.ok) return sniffed.failure.reason;
      const decoded = await browser.decode(name, sniffed.value.format);
      if (typeof decoded !== 'string') flattenOverWhite(decoded);
      return decoded;
    },
  };
}

function referenceOf(folder: string, { name, widthPx, heightPx }: Listed) {
  return { widthPx, heightPx, channels: 3 as const, data: bytesOf(folder, `${name}.rgb`) };
}

async function extended(
  line: Line,
  decoded: PixelImage | string,
  { reference, network }: { reference: ReturnType<typeof referenceOf>; network: Network },
): Promise<Line> {
  const files = line.files + 1;
  if (typeof decoded === 'string') return { ...line, files, refused: decoded };
  const difference = differenceOf(decoded, reference);
  if (difference === null) return { ...line, files, refused: 'another size' };
  const change =
    difference.differing === 0
      ? 0
      : Math.abs((await scoreOf(decoded, network)) - (await scoreOf(pixelImageOf(reference), network)));
  const scoreChange = Math.max(line.scoreChange, change);
  return { ...line, files, difference: added(line.difference, difference), scoreChange };
}

/** P(fake); pictures without a score count as 0, as they do not change either. */
async function scoreOf(image: PixelImage, network: Network): Promise<number> {
  const screening = await screenImage(image, { card: PACKAGED_CARDS.fast, network, effort: 'full' });
  return screening.kind === 'scored' ? screening.score.probability : 0;
}

/** The report as a Markdown table. */
export function tableOf({ reference, browser, lines }: DecodingReport): string {
  const rows = lines.map(({ kind, decoder, files, refused, difference, scoreChange }) => {
    const { samples, differing, sum, largest } = difference;
    const cells =
      samples === 0
        ? [`refused: ${refused}`, '', '', '']
        : [
            `${((100 * differing) / samples).toFixed(differing === 0 ? 0 : 3)} %`,
            String(largest),
            (sum / samples).toFixed(differing === 0 ? 0 : 4),
            differing === 0 ? '0' : scoreChange.toExponential(1),
          ];
    return `| ${[kind, decoder, files, ...cells].join(' | ')} |`;
  });
  return [
    `Reference: ${reference}. Canvas: ${browser}. Model: ${PACKAGED_CARDS.fast.id} ${PACKAGED_CARDS.fast.version}.`,
    '',
    '| file | decoder | files | samples that differ | largest | mean | largest change of P(fake) |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
