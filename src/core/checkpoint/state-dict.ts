import type { MetadataValue } from './checkpoint.ts';
import { type Place, printable, refuse } from './failure.ts';
import { kindOf, type PickleDict, type PickleTensor, type PickleValue, recordOf } from './pickle-values.ts';
import type { TensorView } from './tensor.ts';

/** A checkpoint's dictionary with the layers around it taken off. */
export interface StateDict {
  tensors: Map<string, PickleTensor>;
  metadata: Map<string, MetadataValue>;
}

/** Keys under which training scripts keep the network: patch-forensics, CNNDetection and NPR, older GAN code. */
const WRAPPERS = ['state_dict', 'model', 'net_D'];
const DEEPEST_WRAPPING = 4;

/**
 * The tensors of the state dictionary in `root`, which is either that dictionary or holds it under a key of
 * `WRAPPERS`. Everything else in it, optimizer state included, is left where it lies in the file.
 */
export function findStateDict(root: PickleValue, place: Place): StateDict {
  const metadata = new Map<string, MetadataValue>();
  let dict = recordOf(root, 'dict') ?? refuse('no-tensors', `the file holds ${kindOf(root)}`, place);
  for (let depth = 0; depth < DEEPEST_WRAPPING; depth++) {
    const inner = wrapped(dict);
    if (inner === undefined) break;
    for (const [key, value] of dict.entries) {
      const plain = metadataValue(value);
      if (plain !== undefined) metadata.set(String(key), plain);
    }
    dict = inner;
  }
  const tensors = new Map<string, PickleTensor>();
  for (const [key, value] of dict.entries) {
    const tensor = recordOf(value, 'tensor');
    if (tensor !== undefined && typeof key === 'string') tensors.set(key, tensor);
  }
  if (tensors.size > 0) return { tensors, metadata };
  const keys = [...dict.entries.keys()].slice(0, 5).map((key) => printable(String(key)));
  return refuse('no-tensors', `no state dictionary among the keys ${keys.join(', ') || '(none)'}`, place);
}

function wrapped(dict: PickleDict): PickleDict | undefined {
  for (const key of WRAPPERS) {
    const inner = recordOf(dict.entries.get(key), 'dict');
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function metadataValue(value: PickleValue): MetadataValue | undefined {
  if (typeof value === 'bigint') return String(value);
  return value === null || typeof value !== 'object' ? value : undefined;
}

/** `name` without the prefixes that `DataParallel` puts before every key. */
export function withoutModulePrefix(name: string): string {
  return name.replace(/^(?:module\.)+/, '');
}

/** `views` by name without `module.`; refuses two tensors that would then share a name. */
export function withoutModulePrefixes(
  views: Iterable<readonly [string, TensorView]>,
): Map<string, TensorView> {
  const tensors = new Map<string, TensorView>();
  for (const [name, view] of views) {
    const short = withoutModulePrefix(name);
    if (tensors.has(short)) {
      refuse('malformed', 'two tensors have this name when "module." is left out', {
        offset: 0,
        tensor: name,
      });
    }
    tensors.set(short, view);
  }
  return tensors;
}
