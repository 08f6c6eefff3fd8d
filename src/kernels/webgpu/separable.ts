/** Offers tfjs a kernel on the `webgpu` backend for separable convolutions. */
import type { WebGPUBackend, WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';
import { getKernel, registerKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import { SEPARABLE_KERNEL, type SeparableAttributes } from '../../core/model/separable.ts';
import { shaderOf, TILE, WORKGROUP } from './separable-shader.ts';

const BACKEND = 'webgpu';

/** From now on networks can be built on `webgpu` whose separable convolutions run on Telltale's kernel; it stays. */
export function registerSeparable(): void {
  // tfjs returns undefined for a kernel that is not registered, whatever its types say.
  if ((getKernel(SEPARABLE_KERNEL, BACKEND) as unknown) !== undefined) return;
  registerKernel({
    kernelName: SEPARABLE_KERNEL,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { x, depthwise, pointwise, bias } = inputs;
      if (x === undefined || depthwise === undefined || pointwise === undefined || bias === undefined) {
        throw new Error('a separable convolution without its inputs');
      }
      const program = programFor(attrs as unknown as SeparableAttributes, { x, pointwise });
      const gpu = backend as unknown as WebGPUBackend;
      return gpu.runWebGPUProgram(program, [x, depthwise, pointwise, bias], 'float32');
    },
  });
}

function programFor(
  attributes: SeparableAttributes,
  { x, pointwise }: { x: TensorInfo; pointwise: TensorInfo },
): WebGPUProgram {
  const { kernel, padding, dilation, leadingRelu, relu } = attributes;
  const [batch = 0, rows = 0, columns = 0] = x.shape;
  const [, out = 0] = pointwise.shape;
  const less = (kernel - 1) * dilation - 2 * padding;
  const [outRows, outColumns] = [rows - less, columns - less];
  return {
    variableNames: ['x', 'depthwise', 'pointwise', 'bias'],
    outputShape: [batch, outRows, outColumns, out],
    // Arrays of vec4 on both sides; `main` finds its own place.
    outputComponent: 4,
    workgroupSize: [WORKGROUP, WORKGROUP, 1],
    dispatchLayout: { x: [3], y: [1, 2], z: [0] },
    dispatch: [Math.ceil(out / TILE), Math.ceil((outRows * outColumns) / TILE), batch],
    shaderKey: `telltaleSeparable_${[kernel, padding, dilation, leadingRelu, relu].join('_')}`,
    getUserCode: () => shaderOf(attributes),
  };
}
