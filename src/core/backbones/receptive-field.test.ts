import { describe, expect, it } from 'vitest';
import { expectedTensors, parameterCount } from '../model/expected-tensors.ts';
import { gridLength, receptiveFieldOf } from '../model/geometry.ts';
import { type Detector, detectorNamed } from './detectors.ts';

/** Size, stride, start; grids of 128, 224, 299 and 333 px; channels into the head; parameters; keys. */
type Row = [string, number, number, number, number, number, number, number, number, number, number];

/**
 * Measured on the reference implementation; eight of the networks were checked there against input gradients. The last
 * rows follow from the others: each of Xception's blocks 4..11 adds 96 px and 1,613,976 parameters in 21 tensors.
 */
const REFERENCE: Row[] = [
  ['resnet18_layer1', 43, 4, -21, 32, 56, 75, 84, 64, 157634, 32],
  ['resnet18_layer2', 99, 8, -49, 16, 28, 38, 42, 128, 683330, 62],
  ['resnet18_layer3', 211, 16, -105, 8, 14, 19, 21, 256, 2783298, 92],
  ['resnet18_layer4', 435, 32, -217, 4, 7, 10, 11, 512, 11177538, 122],
  ['resnet34_layer1', 59, 4, -29, 32, 56, 75, 84, 64, 231618, 44],
  ['resnet34_layer2', 179, 8, -89, 16, 28, 38, 42, 128, 1348162, 98],
  ['resnet34_layer3', 547, 16, -273, 8, 14, 19, 21, 256, 8170818, 176],
  ['resnet34_layer4', 899, 32, -449, 4, 7, 10, 11, 512, 21285698, 218],
  ['resnet50_layer1', 35, 4, -17, 32, 56, 75, 84, 256, 225858, 68],
  ['resnet50_layer2', 91, 8, -45, 16, 28, 38, 42, 512, 1445954, 146],
  ['resnet50_layer3', 267, 16, -133, 8, 14, 19, 21, 1024, 8545346, 260],
  ['resnet50_layer4', 427, 32, -213, 4, 7, 10, 11, 2048, 23512130, 320],
  ['xception_relu1', 3, 2, 0, 63, 111, 149, 166, 32, 994, 8],
  ['xception_relu2', 7, 2, 0, 61, 109, 147, 164, 64, 19618, 14],
  ['xception_block1', 19, 4, -6, 31, 55, 74, 82, 128, 55010, 34],
  ['xception_block2', 43, 8, -18, 16, 28, 37, 41, 256, 191330, 54],
  ['xception_block3', 91, 16, -42, 8, 14, 19, 21, 728, 1108218, 74],
  ['xception_block4', 187, 16, -90, 8, 14, 19, 21, 728, 2722194, 95],
  ['xception_block5', 283, 16, -138, 8, 14, 19, 21, 728, 4336170, 116],
  ['xception_block6', 379, 16, -186, 8, 14, 19, 21, 728, 5950146, 137],
  ['xception_block11', 859, 16, -426, 8, 14, 19, 21, 728, 14020026, 242],
  ['xception_block12', 955, 32, -474, 4, 7, 10, 11, 1024, 16060202, 262],
  ['xception_relu4', 1083, 32, -538, 4, 7, 10, 11, 2048, 20811050, 276],
  ['longxception', 43, 8, -18, 16, 28, 37, 41, 728, 2696850, 95],
  ['widenet_kw3_d1', 7, 4, -3, 32, 56, 75, 84, 256, 139522, 12],
  ['widenet_kw7_d1', 11, 4, -5, 32, 56, 75, 84, 256, 170242, 12],
  ['widenet_kw7_d2', 17, 4, -5, 31, 55, 74, 82, 256, 170242, 12],
  ['widenet_kw11_d1', 15, 4, -7, 32, 56, 75, 84, 256, 225538, 12],
  ['widenet_kw15_d1', 19, 4, -9, 32, 56, 75, 84, 256, 305410, 12],
  ...[7, 8, 9, 10].map((block): Row => {
    const more = block - 6;
    const parameters = 5950146 + 1613976 * more;
    return [
      `xception_block${block}`,
      379 + 96 * more,
      16,
      -186 - 48 * more,
      8,
      14,
      19,
      21,
      728,
      parameters,
      137 + 21 * more,
    ];
  }),
];

function detector(name: string): Detector {
  const found = detectorNamed(name);
  if (found === null) throw new Error(`no ${name}`);
  return found;
}

describe('the reference’s table of receptive fields', () => {
  it.each(REFERENCE)('%s', (name, sizePx, stridePx, offsetPx, ...numbers) => {
    const [at128, at224, at299, at333, headWidth, parameters, keys] = numbers;
    const { layers } = detector(name);
    expect(receptiveFieldOf(layers)).toEqual({ sizePx, stridePx, offsetPx });
    const grids = [128, 224, 299, 333].map((lengthPx) => gridLength(layers, lengthPx));
    expect(grids).toEqual([at128, at224, at299, at333]);
    expect(layers.at(-1)).toMatchObject({ op: 'conv', in: headWidth, kernel: 1, bias: true });
    expect(parameterCount(layers)).toBe(parameters);
    expect(expectedTensors(layers)).toHaveLength(keys);
  });

  it.each(['resnet101_layer1', 'resnet152_layer1'])('%s equals resnet50_layer1', (name) => {
    expect(detector(name).layers).toEqual(detector('resnet50_layer1').layers);
  });

  it('holds for the detectors of other papers', () => {
    const npr = detector('npr_resnet50').layers;
    // conv1 is 3/2/1 instead of 7/2/3, so 4 px less than ResNet-50's layer2, and one more for the residual.
    expect(receptiveFieldOf(npr)).toEqual({ sizePx: 88, stridePx: 8, offsetPx: -44 });
    expect(parameterCount(npr)).toBe(1437761);
    expect(gridLength(npr, 257)).toBe(gridLength(npr, 256));
    expect(parameterCount(detector('safe_resnet50').layers)).toBe(1437761 + 513);
    expect(parameterCount(detector('cnndetection_resnet50').layers)).toBe(23510081);
  });

  it('bounds SAFE’s band, whose cells drift with the picture’s size', () => {
    const { sizePx, offsetPx } = receptiveFieldOf([{ op: 'diagonalBand' }]);
    let [least, most] = [0, 0];
    for (let length = 8; length < 500; length++) {
      const cells = Math.floor((length + 5) / 2);
      const reflect = (at: number) => (at < 0 ? -1 - at : at >= length ? 2 * length - 1 - at : at);
      for (let index = 0; index < length; index++) {
        const place = Math.min(cells - 1, Math.max(0, ((index + 0.5) * cells) / length - 0.5));
        for (const cell of [Math.floor(place), Math.ceil(place)]) {
          for (const pixel of [2 * cell - 2, 2 * cell - 1].map(reflect)) {
            least = Math.min(least, pixel - index);
            most = Math.max(most, pixel - index);
          }
        }
      }
    }
    expect([least, most]).toEqual([offsetPx, offsetPx + sizePx - 1]);
  });
});
