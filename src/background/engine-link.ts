/** The background's line to the engine's host, wherever that lives. */
import type { EngineJob, EngineOutcome } from '../protocol/messages.ts';
import type { EngineInfo } from '../protocol/schemas.ts';

export interface EngineStatus {
  /** Jobs the host knows. */
  inHand: string[];
  /** Outcomes that could not be delivered; handed over by this call. */
  undelivered: EngineOutcome[];
  info: EngineInfo;
}

export interface EngineLink {
  /** Hands a job over, starting the engine when needed; rejects when that fails. */
  run: (job: EngineJob) => Promise<void>;
  /** Stops jobs; unknown ones are ignored, and nothing is started for it. */
  cancel: (jobIds: string[]) => Promise<void>;
  /** Null when no engine is running: then it has nothing in hand. */
  status: () => Promise<EngineStatus | null>;
}
