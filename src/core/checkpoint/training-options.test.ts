import { describe, expect, it } from 'vitest';
import * as yaml from 'yaml';
import { checkpointFixture } from '../../../test/support/checkpoint-files.ts';
import { readTrainingOptions } from './training-options.ts';

const read = (text: string) => readTrainingOptions(new TextEncoder().encode(text), yaml);

describe('readTrainingOptions', () => {
  it('reads the dump of a training run', () => {
    const options = readTrainingOptions(checkpointFixture('resnet18_layer1.opt.yml'), yaml);
    expect(options).toMatchObject({
      ok: true,
      value: {
        model: 'patch_discriminator',
        whichModelNetD: 'resnet18_layer1',
        loadSize: 224,
        fineSize: 224,
        fakeClassId: 0,
        name: 'fixture_seed0_resnet18_layer1_constant_p20',
      },
    });
    const all = options.ok ? options.value.all : new Map();
    expect(all.get('max_dataset_size')).toBe(Number.POSITIVE_INFINITY);
    expect(all.get('cnn_detection_augment')).toBeNull();
    expect(all.get('suffix')).toBe('');
    expect(all.has('gpu_ids')).toBe(false);
  });

  it('leaves out what is absent or null, and passes over tags, lists and aliases', () => {
    const options = read(
      'fineSize: null\ngpu_ids: &ids\n- 0\nother: *ids\nx: !!python/object/apply:os.system [id]\nfake_class_id: 1\n',
    );
    expect(options).toMatchObject({
      ok: true,
      value: { fakeClassId: 1, fineSize: undefined, loadSize: undefined },
    });
    expect(options.ok && [...options.value.all.keys()]).toEqual(['fineSize', 'fake_class_id']);
  });

  it('keeps __proto__ in a map', () => {
    expect(read('__proto__: 1\nname: a\n')).toMatchObject({ ok: true, value: { name: 'a' } });
    expect(read('__proto__: {polluted: 1}\n').ok).toBe(true);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it.each<[string, string, string]>([
    ['no table', '- a\n- b\n', 'malformed'],
    ['nothing', '', 'malformed'],
    ['no YAML', 'a: [1\nb: 2', 'malformed'],
    ['an option twice', 'name: a\nname: b\n', 'malformed'],
    ['a size that is no number', 'loadSize: big\n', 'malformed'],
    ['a size of zero', 'fineSize: 0\n', 'malformed'],
    ['a size that is a list', 'loadSize: [224]\n', 'malformed'],
    ['a size that is an alias', 'x: &x 224\nloadSize: *x\n', 'malformed'],
    ['a third class', 'fake_class_id: 2\n', 'malformed'],
    ['a network that is a number', 'which_model_netD: 5\n', 'malformed'],
    ['a long file', 'a: 1\n'.repeat(5000), 'limit'],
    ['a long line', `a: ${'x'.repeat(600)}\n`, 'limit'],
    ['open brackets', `a: ${'['.repeat(100)}\n`, 'limit'],
    ['open braces, which end the process in the parser', `a:\n${`${'{'.repeat(400)}\n`.repeat(40)}`, 'limit'],
  ])('refuses %s', (_what, text, kind) => {
    expect(read(text)).toMatchObject({ ok: false, failure: { kind, offset: expect.any(Number) } });
  });

  it('does not expand aliases', () => {
    const bomb = Array.from(
      { length: 30 },
      (_, i) => `k${i}: &a${i} [${i > 0 ? `*a${i - 1}, *a${i - 1}` : 'x'}]`,
    );
    expect(read(`${bomb.join('\n')}\nname: a\n`)).toMatchObject({ ok: true, value: { name: 'a' } });
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(readTrainingOptions(Uint8Array.of(0x61, 0x3a, 0x20, 0xff), yaml)).toMatchObject({
      failure: { kind: 'malformed' },
    });
  });
});
