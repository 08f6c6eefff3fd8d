import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkpointFixture } from '../../../test/support/checkpoint-files.ts';
import type { Checkpoint } from './checkpoint.ts';
import { describeFailure } from './failure.ts';
import { readCheckpoint } from './read-checkpoint.ts';

function open(bytes: Uint8Array): Checkpoint {
  const read = readCheckpoint(bytes);
  if (!read.ok) throw new Error(describeFailure(read.failure));
  return read.value;
}

/** Type, shape and the hash of all elements as float32, by name, as `expected.json` has them. */
function summary({
  tensors,
}: Checkpoint): Record<string, { shape: readonly number[]; dtype: string; sha256: string }> {
  return Object.fromEntries(
    [...tensors].map(([name, view]) => {
      const sha256 = createHash('sha256').update(view.toFloat32()).digest('hex');
      return [name, { shape: view.shape, dtype: view.dtype, sha256 }];
    }),
  );
}

const expected: Record<string, object> = JSON.parse(
  new TextDecoder().decode(checkpointFixture('expected.json')),
);

describe('readCheckpoint on the fixtures', () => {
  it.each([
    ['resnet18_layer1.legacy.pth', 'pytorch-legacy', 'resnet18_layer1'],
    ['resnet18_layer1.zip.pth', 'pytorch-zip', 'resnet18_layer1'],
    ['xception_block1.safetensors', 'safetensors', 'xception_block1'],
  ])('reads %s', (file, format, network) => {
    const checkpoint = open(checkpointFixture(file));
    expect(checkpoint.format).toBe(format);
    expect(summary(checkpoint)).toEqual(expected[network]);
    expect([...checkpoint.tensors.keys()]).toEqual(Object.keys(expected[network] ?? {}));
  });

  it.each(['resnet18_layer1.legacy.pth', 'resnet18_layer1.zip.pth'])(
    'returns what stands beside the weights in %s',
    (file) => {
      expect([...open(checkpointFixture(file)).metadata]).toEqual([
        ['epoch', 37],
        ['best_val_metric', 0.98765432],
        ['best_val_ep', 29],
      ]);
    },
  );

  it('returns the metadata of safetensors', () => {
    expect(open(checkpointFixture('xception_block1.safetensors')).metadata.get('which_model_netD')).toBe(
      'xception_block1',
    );
  });

  it('names what is wrong, where, and in which member', () => {
    const bytes = checkpointFixture('resnet18_layer1.zip.pth').slice();
    const name = new TextEncoder().encode('torch\nFloatStorage');
    const at = bytes.findIndex((_, start) => name.every((byte, index) => bytes[start + index] === byte));
    bytes.set(new TextEncoder().encode('posix\nsystem\n'), at);
    const read = readCheckpoint(bytes);
    expect(read.ok ? '' : describeFailure(read.failure)).toMatch(
      /^Python name posix\.system, at byte \d+ of bestval_net_D\/data\.pkl$/,
    );
  });

  it.each<[string, Uint8Array]>([
    ['an empty file', new Uint8Array()],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0)],
    ['one byte', Uint8Array.of(0x50)],
  ])('refuses %s', (_what, bytes) => {
    expect(readCheckpoint(bytes)).toMatchObject({
      ok: false,
      failure: { kind: 'not-a-checkpoint', offset: 0 },
    });
  });

  it('lets failures of the disk through as they are', () => {
    const source = {
      size: 100,
      read: (): Uint8Array => {
        throw new Error('the disk is gone');
      },
    };
    expect(() => readCheckpoint(source)).toThrow('the disk is gone');
    expect(readCheckpoint({ size: 100, read: () => new Uint8Array(3) })).toMatchObject({
      failure: { kind: 'truncated' },
    });
  });
});

/** Folder of more reference networks (`<network>/meta.json` beside their checkpoints), where somebody has it. */
const parity = process.env.TELLTALE_PARITY ?? '';
const networks = existsSync(parity)
  ? readdirSync(parity).filter((name) => existsSync(path.join(parity, name, 'bestval_net_D.pth')))
  : [];

describe('readCheckpoint on the parity folder', () => {
  it.skipIf(networks.length === 0)(
    'reads every file of a network alike (skipped: TELLTALE_PARITY names no such folder)',
    () => {
      for (const network of networks) {
        const folder = path.join(parity, network);
        const meta = JSON.parse(readFileSync(path.join(folder, 'meta.json'), 'utf8'));
        const files = readdirSync(folder).filter((name) => /\.(?:pth|safetensors)$/.test(name));
        const [first, ...others] = files.map((name) => summary(open(readFileSync(path.join(folder, name)))));
        expect(Object.keys(first ?? {})).toHaveLength(meta.weights.stateDictKeys);
        for (const other of others) expect(other).toEqual(first);
      }
    },
  );
});
