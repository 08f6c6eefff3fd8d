/** What the popup is told about engine and models. */
import { limitsOf, type ModelCard } from '../core/model/card.ts';
import { MODEL_ROLES, type ModelRole } from '../core/verdict.ts';
import type { EngineFault } from './engine-fault.ts';
import type { EngineInfo } from './schemas.ts';

type State = Pick<EngineInfo, 'backend' | 'note' | 'workers'> & { strongFault: EngineFault | null };

/** Before an engine has started. */
export const NOT_STARTED: State = { backend: null, note: null, workers: 0, strongFault: null };

/** The facts of both models, the fast one first, with the state of the engine that runs them. */
export function engineInfoOf(
  cards: Readonly<Record<ModelRole, ModelCard>>,
  { backend, note, workers, strongFault }: State,
): EngineInfo {
  const models = MODEL_ROLES.map((role) => {
    const card = cards[role];
    const { id, version, name } = card;
    const { minSidePx } = card.limits;
    const fault = role === 'strong' ? strongFault : null;
    return { role, id, version, name, minSidePx, limits: limitsOf(card), fault };
  });
  return { backend, note, workers, models };
}
