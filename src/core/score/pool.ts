/** From patch logits to the numbers a verdict is made of. NaN marks patches that nobody looked at. */

/** Logistic function: P(generated) of a calibrated logit. */
export const probabilityOf = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** Share of patches that count as the top: a local retouch or insertion fills little of a picture. */
const TOP_SHARE = 0.1;

export interface PooledLogits {
  mean: number;
  /** Mean over the tenth of looked-at patches with the highest logits, at least one. */
  topMean: number;
  looked: number;
}

/** Mean and top-tenth mean of the logits that are not NaN; all zero when there are none. */
export function poolLogits(logits: Float32Array): PooledLogits {
  const looked = logits.filter((logit) => !Number.isNaN(logit)).sort();
  if (looked.length === 0) return { mean: 0, topMean: 0, looked: 0 };
  const top = looked.subarray(looked.length - Math.ceil(looked.length * TOP_SHARE));
  return { mean: mean(looked), topMean: mean(top), looked: looked.length };
}

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
