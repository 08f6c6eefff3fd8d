/** The models that come with Telltale, for the extension, the command line and their builds. */
import { MODEL_ROLES, type ModelRole } from '../verdict.ts';

/** Below the root of the repository, and beside the built command line; a model's role is its name. */
export const MODELS_FOLDER = 'models';

/** The files of a packaged model that are shipped. */
export const MODEL_FILES = ['card.json', 'weights.safetensors'] as const;

/** What the command line asks when no model is named: a single picture deserves the better answer. */
export const DEFAULT_MODEL: ModelRole = 'strong';

/** Whether `name` is a packaged model's; a folder of the same name is meant by `./fast`. */
export const isPackagedName = (name: string): name is ModelRole =>
  (MODEL_ROLES as readonly string[]).includes(name);
