/** What the popup is told of the models this build ships before an engine has started. */
import { PACKAGED_CARDS } from '../platform/packaged-models.ts';
import { engineInfoOf, NOT_STARTED } from '../protocol/engine-info.ts';
import type { EngineInfo } from '../protocol/schemas.ts';

/** Facts about the models, and no backend yet. */
export const INFO_BEFORE_START: EngineInfo = engineInfoOf(PACKAGED_CARDS, NOT_STARTED);
