/** One step of a schedule (`../descriptor.ts`). */
import { CONVOLVE, DEPTHWISE, MAP, NEAREST_RESIDUAL, OPERATION, POOL, WINOGRAD } from '../descriptor';
import { convolve } from './convolution';
import { depthwise } from './depthwise';
import { map } from './map';
import { clearMargin } from './margin';
import { nearestResidual } from './nearest-residual';
import { pool } from './pool';
import { winograd } from './winograd';

/** Executes rows `from` up to but not including `to` of one step. */
export function runStep(step: usize, from: i32, to: i32, scratch: usize): void {
  clearMargin(step, from, to);
  const operation = load<i32>(step, OPERATION);
  if (operation == CONVOLVE) convolve(step, from, to, scratch);
  else if (operation == WINOGRAD) winograd(step, from, to, scratch);
  else if (operation == DEPTHWISE) depthwise(step, from, to, scratch);
  else if (operation == POOL) pool(step, from, to);
  else if (operation == MAP) map(step, from, to);
  else if (operation == NEAREST_RESIDUAL) nearestResidual(step, from, to);
  else unreachable();
}
