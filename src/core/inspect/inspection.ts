/** Everything that an inspection says about a collection of labelled pictures. */
import type { Result } from '../result.ts';
import { distributionsOf, type NamedDistribution } from './distributions.ts';
import { CROSSINGS, type Crossing, type DuplicateGroup, duplicateGroups } from './duplicates.ts';
import type { FileFacts } from './file-facts.ts';
import {
  type BaselineFailure,
  type BaselinePicture,
  type MetadataBaseline,
  metadataBaseline,
} from './metadata-baseline.ts';
import { METADATA_KINDS, type MetadataKind } from './metadata-table.ts';

/** One baseline with what it looked at. */
export interface BaselineRun {
  /** Container and size of the files themselves, or those that the table states for the originals. */
  about: 'files' | 'originals';
  kinds: readonly MetadataKind[];
  /** `tables` alone looks at JPEG files only: elsewhere it would be the container by another name. */
  jpegOnly: boolean;
  outcome: Result<MetadataBaseline, BaselineFailure>;
}

export interface Inspection {
  duplicates: DuplicateGroup[];
  /** Groups by the worst border they cross. */
  crossing: Record<Crossing | 'none', number>;
  distributions: NamedDistribution[];
  baselines: BaselineRun[];
}

/** The inspection of readable files; costs a few seconds for 10,000. */
export function inspectFiles(files: readonly FileFacts[]): Inspection {
  const duplicates = duplicateGroups(files);
  const count = (wanted: Crossing | undefined): number =>
    duplicates.filter(({ crosses }) => crosses[0] === wanted).length;
  const [inClass, inSplit, inSource] = CROSSINGS.map(count);
  return {
    duplicates,
    crossing: { class: inClass ?? 0, split: inSplit ?? 0, source: inSource ?? 0, none: count(undefined) },
    distributions: distributionsOf(files),
    baselines: [...baselinesAbout('files', files), ...baselinesAbout('originals', files)],
  };
}

/** All kinds together, then each alone; none about originals where not every file has one. */
function baselinesAbout(about: BaselineRun['about'], files: readonly FileFacts[]): BaselineRun[] {
  const pictures = files.flatMap((file): BaselinePicture[] => {
    const shape = about === 'files' ? file : file.original;
    return shape === null ? [] : [{ label: file.label, source: file.source, shape, jpeg: file.jpeg }];
  });
  if (pictures.length === 0 || pictures.length < files.length) return [];
  const jpegs = pictures.filter(({ jpeg }) => jpeg !== null);
  const run = (kinds: readonly MetadataKind[], jpegOnly: boolean): BaselineRun => {
    return { about, kinds, jpegOnly, outcome: metadataBaseline(jpegOnly ? jpegs : pictures, kinds) };
  };
  const runs = [run(METADATA_KINDS, false), run(['container'], false), run(['size'], false)];
  // A crop keeps its original's tables.
  return about === 'originals' ? runs : [...runs, run(['tables'], true)];
}
