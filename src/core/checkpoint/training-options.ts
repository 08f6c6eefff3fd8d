import * as v from 'valibot';
import type { YAMLMap } from 'yaml';
import type { Result } from '../result.ts';
import type { MetadataValue } from './checkpoint.ts';
import { attempt, type CheckpointFailure, printable, refuse } from './failure.ts';
import { textFromUtf8 } from './utf8.ts';

/** What a training run's `opt.yml` says about its network; absent or `null` options are `undefined`. */
export interface TrainingOptions {
  /** Family: `patch_discriminator` or `basic_discriminator`. */
  model?: string | undefined;
  /** Network, such as `xception_block2`. */
  whichModelNetD?: string | undefined;
  /** Short side in pixels that validation resizes to. */
  loadSize?: number | undefined;
  /** Side in pixels of the crop that training takes. */
  fineSize?: number | undefined;
  /** Which of the two logits is "fake". */
  fakeClassId?: 0 | 1 | undefined;
  name?: string | undefined;
  /** Every option with a plain value, by the name it has in the file. */
  all: ReadonlyMap<string, MetadataValue>;
}

/** The `yaml` package, given by the caller: core stays without it, and so does every bundle that reads no options. */
export type Yaml = Pick<typeof import('yaml'), 'isMap' | 'isScalar' | 'parseDocument'>;

const TEXT_BYTES = 16 * 2 ** 10;
const LINE_CHARACTERS = 512;
const BRACKETS = 64;

const text = v.nullish(v.pipe(v.string(), v.maxLength(200)));
const sidePx = v.nullish(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)));
const schema = v.object({
  model: text,
  which_model_netD: text,
  loadSize: sidePx,
  fineSize: sidePx,
  fake_class_id: v.nullish(v.picklist([0, 1])),
  name: text,
});

/**
 * The options of patch-forensics' `opt.yml`: flat YAML as PyYAML writes it, at most 16 KiB. Lists, nested tables,
 * aliases and tags are passed over, never expanded. What is no such file, or gives a wrong value to an option that
 * matters here, is a failure; its offset is a character's.
 */
export function readTrainingOptions(
  bytes: Uint8Array,
  yaml: Yaml,
): Result<TrainingOptions, CheckpointFailure> {
  return attempt(() => {
    const options = plainOptions(yaml, parseTable(yaml, checkedText(bytes)));
    const parsed = v.safeParse(schema, Object.fromEntries(options));
    if (!parsed.success) {
      const [issue] = parsed.issues;
      return refuse('malformed', `option ${v.getDotPath(issue)}: ${printable(issue.message)}`, { offset: 0 });
    }
    const { model, which_model_netD, loadSize, fineSize, fake_class_id, name } = parsed.output;
    return {
      model: model ?? undefined,
      whichModelNetD: which_model_netD ?? undefined,
      loadSize: loadSize ?? undefined,
      fineSize: fineSize ?? undefined,
      fakeClassId: fake_class_id ?? undefined,
      name: name ?? undefined,
      all: options,
    };
  });
}

/**
 * The text, if it is shallow. The parser recurses on nesting: 16,000 open braces end the whole Node process (a
 * regular expression compiled near the end of the stack, yaml 2.9.1). Brackets nest by count and blocks by column,
 * so both are capped before it sees the text.
 */
function checkedText(bytes: Uint8Array): string {
  const place = { offset: 0 };
  if (bytes.byteLength > TEXT_BYTES) refuse('limit', `options of more than ${TEXT_BYTES} bytes`, place);
  const content = textFromUtf8(bytes) ?? refuse('malformed', 'options that are not UTF-8', place);
  if (content.split(/[\r\n]/).some((line) => line.length > LINE_CHARACTERS)) {
    refuse('limit', `a line of more than ${LINE_CHARACTERS} characters`, place);
  }
  if ((content.match(/[[{]/g)?.length ?? 0) > BRACKETS)
    refuse('limit', `more than ${BRACKETS} brackets`, place);
  return content;
}

function parseTable({ isMap, parseDocument }: Yaml, content: string): YAMLMap {
  // YAML 1.1 is what PyYAML writes and quotes for; `.inf` and `1.0e-05` read alike in both.
  const document = parseDocument(content, { version: '1.1', prettyErrors: false, logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) refuse('malformed', printable(error.message), { offset: error.pos[0] });
  return isMap(document.contents)
    ? document.contents
    : refuse('malformed', 'options that are no table of names and values', { offset: 0 });
}

function plainOptions({ isScalar }: Yaml, table: YAMLMap): Map<string, MetadataValue> {
  const options = new Map<string, MetadataValue>();
  for (const { key, value } of table.items) {
    if (!isScalar(key) || typeof key.value !== 'string') continue;
    const plain: unknown = isScalar(value) ? value.value : value;
    if (isPlain(plain)) options.set(key.value, plain);
    else if (Object.hasOwn(schema.entries, key.value)) {
      refuse('malformed', `option ${key.value} is no plain value`, { offset: key.range?.[0] ?? 0 });
    }
  }
  return options;
}

const isPlain = (value: unknown): value is MetadataValue =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
