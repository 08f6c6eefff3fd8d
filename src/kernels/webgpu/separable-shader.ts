/** The WGSL of a separable convolution: depthwise, 1x1, bias and ReLU without a trip to memory in between. */
import type { SeparableAttributes } from '../../core/model/separable.ts';

/** A workgroup computes this many neighbouring pixels (along rows) of this many output channels. */
export const TILE = 64;
/** Invocations across and down a workgroup; each computes 4 pixels of 4 channels. */
export const WORKGROUP = 16;
/**
 * Input channels that pass through workgroup memory at a time. The depthwise result of a step and the pointwise weights
 * for it take 8.3 KB, half of what every adapter has, so that two workgroups can share a core.
 */
const STEP = 16;
/** Pixels of a row of the depthwise tile, two of them unused: neighbouring invocations then write to different banks. */
const ROW = TILE + 2;

/** The kernel's variables and `main`, for tfjs to put behind its own declarations (arrays of vec4<f32>). */
export const shaderOf = (attributes: SeparableAttributes): string => `
var<workgroup> depthwiseTile : array<f32, ${STEP * ROW}>;
var<workgroup> pointwiseTile : array<vec4<f32>, ${(STEP * TILE) / 4}>;
${depthwiseFunction(attributes)}
fn main() {
  let quads = uniforms.xShape[3] / 4;
  let outQuads = uniforms.outShape[3] / 4;
  let pixels = uniforms.outShape[1] * uniforms.outShape[2];
  let batch = i32(workgroupId.z);
  let firstPixel = i32(workgroupId.y) * ${TILE};
  let index = i32(localIndex);
  let outQuad = i32(workgroupId.x) * ${TILE / 4} + i32(localId.x);
  let ownPixel = i32(localId.y) * 4;
  // One depthwise value for each invocation: neighbours read neighbouring channels.
  let stepPixel = index / ${STEP / 4};
  let stepQuad = index % ${STEP / 4};
  let pixel = firstPixel + stepPixel;
  let position = vec2<i32>(pixel / uniforms.outShape[2], pixel % uniforms.outShape[2]);
  var sums : array<vec4<f32>, 4>;
  for (var quad = 0; quad < quads; quad += ${STEP / 4}) {
    var value = vec4<f32>(0.0);
    if (pixel < pixels && quad + stepQuad < quads) {
      value = depthwiseAt(batch, position, quad + stepQuad, quads);
    }
    for (var channel = 0; channel < 4; channel++) {
      depthwiseTile[(stepQuad * 4 + channel) * ${ROW} + stepPixel] = value[channel];
    }
    let weightChannel = quad * 4 + i32(localId.y);
    var weight = vec4<f32>(0.0);
    if (weightChannel < uniforms.xShape[3] && outQuad < outQuads) {
      weight = pointwise[weightChannel * outQuads + outQuad];
    }
    pointwiseTile[index] = weight;
    workgroupBarrier();
    for (var channel = 0; channel < ${STEP}; channel++) {
      let column = pointwiseTile[channel * ${TILE / 4} + i32(localId.x)];
      let row = channel * ${ROW} + ownPixel;
      for (var own = 0; own < 4; own++) {
        sums[own] = fma(vec4<f32>(depthwiseTile[row + own]), column, sums[own]);
      }
    }
    workgroupBarrier();
  }
  if (outQuad < outQuads) {
    for (var own = 0; own < 4; own++) {
      let outPixel = firstPixel + ownPixel + own;
      if (outPixel < pixels) {
        let sum = sums[own] + bias[outQuad];
        result[(batch * pixels + outPixel) * outQuads + outQuad] = ${attributes.relu ? 'max(sum, vec4<f32>(0.0))' : 'sum'};
      }
    }
  }
}`;

const depthwiseFunction = ({ kernel, padding, dilation, leadingRelu }: SeparableAttributes): string => `
fn depthwiseAt(batch : i32, position : vec2<i32>, quad : i32, quads : i32) -> vec4<f32> {
  var sum = vec4<f32>(0.0);
  for (var row = 0; row < ${kernel}; row++) {
    let y = position.x + row * ${dilation} - ${padding};
    if (y < 0 || y >= uniforms.xShape[1]) { continue; }
    for (var column = 0; column < ${kernel}; column++) {
      let x1 = position.y + column * ${dilation} - ${padding};
      if (x1 < 0 || x1 >= uniforms.xShape[2]) { continue; }
      let value = x[((batch * uniforms.xShape[1] + y) * uniforms.xShape[2] + x1) * quads + quad];
      sum = fma(${leadingRelu ? 'max(value, vec4<f32>(0.0))' : 'value'}, depthwise[(row * ${kernel} + column) * quads + quad], sum);
    }
  }
  return sum;
}`;
