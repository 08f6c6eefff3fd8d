import { describe, expect, it } from 'vitest';
import { parseCommand } from './arguments.ts';

const parsed = (line: string) => parseCommand(line.split(' ').filter((word) => word !== ''));

describe('parseCommand', () => {
  it('fills in what is not said', () => {
    expect(parsed('screen a.jpg b')).toEqual({
      ok: true,
      value: {
        kind: 'screen',
        paths: ['a.jpg', 'b'],
        model: { path: null, optionsFile: null, network: null, native: false },
        backend: 'auto',
        ensemble: null,
        effort: 'full',
        heatmapFolder: null,
        json: false,
      },
    });
  });

  it('takes options on either side of the paths', () => {
    const model = { path: 'net.pth', optionsFile: 'opt.yml', network: 'xception_block2', native: true };
    const rest = '--opt opt.yml --network xception_block2 --native';
    expect(parsed(`screen --json --model net.pth ${rest} a.jpg --ensemble after-softmax`)).toMatchObject({
      value: { model, paths: ['a.jpg'], ensemble: 'afterSoftmax', json: true },
    });
    expect(parsed(`import net.pth --out dir ${rest}`)).toMatchObject({ value: { model, outFolder: 'dir' } });
    expect(parsed(`info net.pth --size 333 ${rest}`)).toMatchObject({ value: { model, sizePx: 333 } });
  });

  it('takes versions for a calibration with commas and without', () => {
    const names = (line: string) => {
      const command = parsed(`calibrate --model m --data d ${line}`);
      return command.ok && 'chains' in command.value ? command.value.chains.map(({ name }) => name) : command;
    };
    expect(names('--degrade none,jpeg:75 --degrade jpeg:75')).toEqual(['none', 'jpeg:75']);
    expect(names('')).toEqual(['none']);
  });

  it('takes models, chains and a shard of an evaluation', () => {
    const line = 'evaluate --model a b --model c --data d --degrade jpeg:75,flip --degrade flip+blur:1';
    expect(parsed(`${line} --shard 2/3 --out p --threads 2 --threshold 0.25`)).toMatchObject({
      value: {
        models: [{ path: 'a' }, { path: 'c' }, { path: 'b' }],
        degradations: ['jpeg:75', 'flip', 'flip+blur:1'],
        part: { shard: { index: 2, of: 3 }, file: 'p' },
        threads: 2,
        threshold: 0.25,
      },
    });
    expect(parsed('evaluate --data d')).toMatchObject({
      value: {
        models: [{ path: null }],
        degradations: ['reencode', 'jpeg:75', 'resize:0.5:bilinear'],
      },
    });
    expect(parsed('merge a b --html f')).toMatchObject({
      value: { files: ['a', 'b'], report: { json: false, htmlFile: 'f' } },
    });
  });

  it('takes a path that looks like an option after --', () => {
    expect(parsed('screen -- --json')).toMatchObject({ value: { paths: ['--json'], json: false } });
  });

  it.each([
    ['', 'say what to do'],
    ['look', 'no command "look"'],
    ['screen', 'at least one picture'],
    ['screen a.jpg --colour', '--colour'],
    ['screen a.jpg --json=yes', '--json'],
    ['screen a.jpg --backend gpu', 'auto, webgpu, wasm, cpu'],
    ['screen a.jpg --ensemble mean', 'vote, before-softmax, after-softmax'],
    ['screen a.jpg --effort some', 'quick, full'],
    ['screen a.jpg --opt opt.yml', 'describe a checkpoint'],
    ['import --out dir', 'one checkpoint'],
    ['import a.pth b.pth --out dir', 'one checkpoint'],
    ['import a.pth', '--out DIR'],
    ['info', 'one model'],
    ['info a --size large', 'number of pixels'],
    ['info a --size 0', 'number of pixels'],
    ['inspect-data', 'one folder of pictures'],
    ['calibrate --data d', '--model DIR'],
    ['calibrate --model m', '--data DIR'],
    ['calibrate --model m --data d --degrade fog', '"fog" is no degradation'],
    ['calibrate --model m --data d --fpr 1', 'above 0 and up to 0.5'],
    ['calibrate --model m --data d --method best', 'platt, isotonic, auto'],
    ['calibrate --model m --data d --rounds 1', 'from 10'],
    ['inspect-data a b', 'one folder of pictures'],
    ['inspect-data a --against', '--against'],
    ['evaluate --model a', '--data DIR'],
    ['evaluate --model a b --data d --opt o', 'one checkpoint'],
    ['evaluate --data d --degrade jpeg:75,jpeg', '"jpeg" is no degradation'],
    ['evaluate --data d --shard 1/2', 'go together'],
    ['evaluate --data d --shard 3/2 --out p', 'part of all'],
    ['evaluate --data d --shard 1/2 --out p --json', 'telltale merge'],
    ['evaluate --data d --threshold 1.5', 'from 0 to 1'],
    ['evaluate --data d --threads 0', 'from 1 to 64'],
    ['merge', 'name the files'],
  ])('refuses "%s"', (line, reason) => {
    expect(parsed(line)).toEqual({ ok: false, failure: expect.stringContaining(reason) });
  });

  it.each(['--help', '-h', 'help', 'screen --help', 'import -h', 'info --help'])('explains %s', (line) => {
    expect(parsed(line)).toMatchObject({ value: { kind: 'help', text: expect.stringMatching(/^Usage: /) } });
  });
});
