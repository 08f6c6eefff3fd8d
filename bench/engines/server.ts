/** The loopback server of the measured page: the built page, ONNX Runtime's own files, and networks made on demand. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { ROOT } from '../../scripts/lib/command.mjs';
import { writeSafetensors } from '../../src/core/model/safetensors-writer.ts';
import type { BenchNetwork } from './networks.ts';
import { onnxModel } from './onnx.ts';

const RUNTIME_FOLDER = path.join(ROOT, 'bench', 'node_modules', 'onnxruntime-web', 'dist');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** Without these two a page has no shared memory, and thus no threads. */
const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** Serves `folder` and the files of `networks` on a free port of the loopback interface. */
export async function startServer(
  folder: string,
  networks: readonly BenchNetwork[],
): Promise<{ origin: string; close: () => void }> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    try {
      const body = await bodyOf(pathname, folder, networks);
      const type = TYPES[path.extname(pathname)] ?? 'application/octet-stream';
      response
        .writeHead(200, { ...ISOLATION, 'content-type': type, 'content-length': body.length })
        .end(body);
    } catch {
      response.writeHead(404, ISOLATION).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { origin: `http://127.0.0.1:${address.port}`, close };
}

/** The file at `pathname`; rejects when there is none. */
async function bodyOf(
  pathname: string,
  folder: string,
  networks: readonly BenchNetwork[],
): Promise<Uint8Array> {
  const [, name, file] = /^\/networks\/([^/]+)\/([^/]+)$/.exec(pathname) ?? [];
  if (name !== undefined && file !== undefined) {
    const network = networks.find((candidate) => candidate.name === name);
    if (network === undefined) throw new Error(`no network ${name}`);
    return networkFile(network, file);
  }
  const isRuntime = pathname.startsWith('/ort/');
  return readFile(path.join(isRuntime ? RUNTIME_FOLDER : folder, pathname.replace(/^\/ort\//, '/')));
}

function networkFile(network: BenchNetwork, file: string): Uint8Array {
  const [, sizePx, batch] = /^(\d+)x(\d+)\.onnx$/.exec(file) ?? [];
  if (sizePx !== undefined && batch !== undefined) {
    return onnxModel(network, { sizePx: Number(sizePx), batch: Number(batch) });
  }
  return file === 'layers.json'
    ? new TextEncoder().encode(JSON.stringify(network.layers))
    : writeSafetensors(network.weights);
}
