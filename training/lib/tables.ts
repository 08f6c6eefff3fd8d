/** Published networks as the trainer takes them. */
import { detectorNamed } from '../../src/core/backbones/detectors.ts';
import type { SourceLayer } from '../../src/core/model/layer.ts';

/** The layers of the detector called `name`, its head cut down to one output. Throws for an unknown name. */
export function tableOf(name: string): SourceLayer[] {
  const detector = detectorNamed(name);
  if (detector === null) throw new Error(`no detector ${name}`);
  const head = detector.layers[detector.layers.length - 1];
  if (head?.op !== 'conv') throw new Error(`${name} does not end with a convolution`);
  return [...detector.layers.slice(0, -1), { ...head, out: 1 }];
}
