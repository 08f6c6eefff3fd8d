import { describe, expect, it } from 'vitest';
import { viewOf } from '../../../test/support/parity.ts';
import type { TensorView } from '../checkpoint/tensor.ts';
import type { TrainingOptions } from '../checkpoint/training-options.ts';
import { channelsAfter } from '../model/channels.ts';
import { elementsOf, expectedTensors } from '../model/expected-tensors.ts';
import { DETECTORS, detectorNamed } from './detectors.ts';
import { describeImportFailure, type ImportFailure, importCheckpoint } from './import-checkpoint.ts';
import { recognize } from './recognize.ts';

type Tensors = Map<string, TensorView>;

function layersOf(name: string) {
  const found = detectorNamed(name);
  if (found === null) throw new Error(`no ${name}`);
  return found.layers;
}

/** A state dictionary for `name`, all ones. */
function tensorsOf(name: string): Tensors {
  return new Map(
    expectedTensors(layersOf(name)).map(({ name: key, shape }) => {
      const values = () => new Float32Array(elementsOf(shape)).fill(1);
      return [key, viewOf(shape, values)];
    }),
  );
}

const training = (options: Partial<TrainingOptions>): TrainingOptions => ({ all: new Map(), ...options });

function refused(tensors: Tensors, options: Parameters<typeof importCheckpoint>[1] = {}): ImportFailure {
  const result = importCheckpoint({ tensors }, options);
  if (result.ok) throw new Error(`imported as ${result.value.name}`);
  return result.failure;
}

describe('the table of detectors', () => {
  it('has layers that fit together, and no name twice', () => {
    for (const { family, layers } of DETECTORS) {
      expect(channelsAfter(layers, 3)).toEqual({ ok: true, value: family.classes.length });
    }
    expect(new Set(DETECTORS.map(({ name }) => name)).size).toBe(DETECTORS.length);
  });

  it.each([
    ['xceptionnet_block2', 'xception_block2'],
    ['xceptionnet', 'xception'],
    ['widenet_kw31_d5', 'widenet_kw31_d5'],
    ['resnet152_layer1', 'resnet152_layer1'],
  ])('knows %s', (name, expected) => {
    expect(detectorNamed(name)?.name).toBe(expected);
  });

  it.each([
    'xception_conv1',
    'xception_bn1',
    'xception_block13',
    'resnet20_layer1',
    'widenet_kw0_d1',
    'widenet',
    '',
  ])('does not know “%s”', (name) => expect(detectorNamed(name)).toBeNull());
});

describe('recognition by key names and shapes', () => {
  const twins: Record<string, string> = {
    resnet101_layer1: 'resnet50_layer1',
    resnet101_layer2: 'resnet50_layer2',
    resnet152_layer1: 'resnet50_layer1',
  };
  const isQuestion = (name: string) => /^widenet|_(bn1|relu|maxpool)$/.test(name);

  it('tells every network from its tensors, or asks', () => {
    for (const { name, layers } of DETECTORS) {
      const shapes = new Map(expectedTensors(layers).map(({ name: key, shape }) => [key, { shape }]));
      const recognized = recognize(shapes, undefined);
      if (isQuestion(name)) expect(recognized, name).toMatchObject({ failure: { kind: 'which-network' } });
      else if (name.endsWith('_conv1'))
        expect(recognized).toMatchObject({ value: { name: 'resnet18_conv1' } });
      else expect(recognized, name).toMatchObject({ value: { name: twins[name] ?? name } });
    }
  });

  it('asks which of the networks with the same tensors', () => {
    const widenet = refused(tensorsOf('widenet_kw7_d1'));
    expect(widenet).toEqual({
      kind: 'which-network',
      candidates: ['widenet_kw7_d1', 'widenet_kw7_d2', 'widenet_kw7_d3', 'widenet_kw7_d4'],
    });
    expect(describeImportFailure(widenet)).toContain('say which: widenet_kw7_d1, ');
    expect(refused(tensorsOf('resnet50_relu'))).toMatchObject({
      candidates: ['resnet18_bn1', 'resnet18_relu', 'resnet18_maxpool'],
    });
    const answered = importCheckpoint(
      { tensors: tensorsOf('widenet_kw7_d1') },
      { network: 'widenet_kw7_d2' },
    );
    expect(answered).toMatchObject({ value: { receptiveField: { sizePx: 17 } } });
  });

  it('needs no counters and takes fully connected heads for 1x1 convolutions', () => {
    const tensors = tensorsOf('npr_resnet50');
    for (const key of [...tensors.keys()]) if (key.endsWith('num_batches_tracked')) tensors.delete(key);
    tensors.set(
      'fc1.weight',
      viewOf([1, 512], () => new Float32Array(512).fill(0.5)),
    );
    expect(importCheckpoint({ tensors })).toMatchObject({
      value: { name: 'npr_resnet50', classes: ['fake'] },
    });
  });

  it.each<[string, (tensors: Tensors) => void, object]>([
    [
      'a missing tensor',
      (tensors) => tensors.delete('block2.rep.1.conv1.weight'),
      { tensor: 'block2.rep.1.conv1.weight', message: 'expected 128 x 1 x 3 x 3, found nothing' },
    ],
    [
      'a tensor that belongs to no layer',
      (tensors) =>
        tensors.set(
          'block2.extra',
          viewOf([1], () => new Float32Array(1)),
        ),
      { tensor: 'block2.extra', message: 'belongs to no layer' },
    ],
    [
      'a head of a thousand classes',
      (tensors) =>
        tensors.set(
          'convout.weight',
          viewOf([1000, 256, 1, 1], () => new Float32Array(256000)),
        ),
      { tensor: 'convout.weight', message: 'expected 2 x 256 x 1 x 1, found 1000 x 256 x 1 x 1' },
    ],
  ])('names %s', (_name, change, closest) => {
    const tensors = tensorsOf('xception_block2');
    change(tensors);
    expect(refused(tensors)).toMatchObject({
      kind: 'not-recognized',
      closest: { network: 'xception_block2', ...closest },
    });
    expect(refused(tensors, { network: 'xception_block2' })).toMatchObject({
      kind: 'wrong-tensor',
      ...closest,
    });
  });

  it('survives an empty dictionary and hostile names', () => {
    expect(refused(new Map())).toMatchObject({ kind: 'not-recognized' });
    const hostile = refused(new Map([['__proto__\u0007', viewOf([1], () => new Float32Array(1))]]));
    expect(describeImportFailure(hostile)).not.toMatch(/[^\x20-\x7e]/);
    const extra = tensorsOf('resnet18_layer1').set(
      '\u001b[31m',
      viewOf([1], () => new Float32Array(1)),
    );
    expect(describeImportFailure(refused(extra))).toContain('?[31m: belongs to no layer');
  });
});

describe('options', () => {
  it('decide network, class order and preprocessing', () => {
    const result = importCheckpoint(
      { tensors: tensorsOf('xception_block1') },
      {
        training: training({
          whichModelNetD: 'xceptionnet_block1',
          loadSize: 333,
          fineSize: 299,
          fakeClassId: 1,
        }),
      },
    );
    expect(result).toMatchObject({
      value: {
        name: 'xception_block1',
        classes: ['real', 'fake'],
        preprocessing: { resize: { mode: 'short-side', sizePx: 333, kernel: 'lanczos' }, centerCropPx: 333 },
        assumptions: [],
      },
    });
  });

  it('crop whole-picture models of the same project to the smaller size', () => {
    const result = importCheckpoint(
      { tensors: tensorsOf('resnet18') },
      { training: training({ whichModelNetD: 'resnet18', loadSize: 256, fineSize: 224, fakeClassId: 0 }) },
    );
    expect(result).toMatchObject({
      value: {
        family: 'patch-forensics-full',
        preprocessing: { centerCropPx: 224 },
        ensemble: 'beforeSoftmax',
      },
    });
  });

  it('that name another network than the tensors are refused', () => {
    const tensors = tensorsOf('xception_block1');
    expect(refused(tensors, { training: training({ whichModelNetD: 'xception_block2' }) })).toMatchObject({
      kind: 'wrong-tensor',
      network: 'xception_block2',
      tensor: 'block2.rep.1.conv1.weight',
    });
    expect(refused(tensors, { training: training({ whichModelNetD: 'vgg16' }) })).toEqual({
      kind: 'unknown-network',
      network: 'vgg16',
    });
  });
});

describe('assumptions', () => {
  it.each([
    ['xception_block1', ['network', 'class-order', 'sizes']],
    ['safe_resnet50', ['network']],
    ['npr_resnet50', ['network']],
  ])('of %s are named', (name, assumptions) => {
    expect(importCheckpoint({ tensors: tensorsOf(name) })).toMatchObject({ value: { name, assumptions } });
    const options = { network: name, training: training({ fakeClassId: 1, loadSize: 64 }) };
    expect(importCheckpoint({ tensors: tensorsOf(name) }, options)).toMatchObject({
      value: { assumptions: [] },
    });
  });

  it('never turn round the classes of detectors without such options', () => {
    const options = { training: training({ fakeClassId: 0 }) };
    const safe = importCheckpoint({ tensors: tensorsOf('safe_resnet50') }, options);
    expect(safe).toMatchObject({
      value: { classes: ['real', 'fake'], preprocessing: { centerCropPx: 256 } },
    });
  });
});

describe('values', () => {
  it.each<[string, string, number]>([
    ['a weight that is not a number', 'conv1.weight', Number.NaN],
    ['an infinite statistic', 'bn1.running_mean', Number.NEGATIVE_INFINITY],
  ])('refuses %s', (_name, tensor, value) => {
    const tensors = tensorsOf('xception_block1');
    const shape = tensors.get(tensor)?.shape ?? [];
    tensors.set(
      tensor,
      viewOf(shape, () => new Float32Array(elementsOf(shape)).fill(value)),
    );
    expect(refused(tensors)).toEqual({ kind: 'bad-values', tensor, message: 'value 0 is not finite' });
  });

  it('refuses a negative variance by the tensor it would spoil', () => {
    const tensors = tensorsOf('xception_block1');
    tensors.set(
      'bn1.running_var',
      viewOf([32], () => new Float32Array(32).fill(-1)),
    );
    expect(refused(tensors)).toMatchObject({ kind: 'bad-values', tensor: 'conv1.weight' });
  });
});
