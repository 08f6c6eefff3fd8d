/** Ways to degrade pictures, in words. */
import { type Degradation, parseChain } from '../core/degrade/specification.ts';
import { assertNever } from '../core/result.ts';

/** What the table of an evaluation is measured on beside the pictures as they are. */
export const TABLE_CHAINS: readonly string[] = ['reencode', 'jpeg:75', 'resize:0.5:bilinear'];

/** A chain's name for people; what is no chain stays as it is. */
export function chainText(name: string): string {
  const chain = parseChain(name);
  return chain.ok ? chain.value.steps.map(stepText).join(', then ') : name;
}

function stepText(step: Degradation): string {
  switch (step.kind) {
    case 'none':
      return 'as they are';
    case 'reencode':
      return 're-encoded';
    case 'screenshot':
      return 'as in a screenshot';
    case 'flip':
      return 'mirrored';
    case 'jpeg':
      return `JPEG ${step.quality}`;
    case 'webp':
      return `WebP ${step.quality}`;
    case 'crop':
      return `middle ${step.sidePx} px`;
    case 'resize':
      return `${sizeText(step.factor)} (${step.kernel})`;
    case 'blur':
      return `blur ${step.sigmaPx} px`;
    case 'noise':
      return `noise ${step.sigma}`;
    case 'gamma':
      return `gamma ${step.exponent}`;
    default:
      return assertNever(step);
  }
}

const sizeText = (factor: number): string => (factor === 0.5 ? 'half size' : `${factor} times the size`);
