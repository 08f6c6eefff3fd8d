/** Firefox's engine host: in this very page, so that it dies with the background and nothing is left over. */
import { createLocalHost } from '../engine/firefox.ts';
import type { EngineHost } from '../engine/host.ts';
import type { EngineOutcome } from '../protocol/messages.ts';
import type { EngineInfo } from '../protocol/schemas.ts';
import type { EngineLink } from './engine-link.ts';

export interface EngineNews {
  onStarted: (jobId: string) => void;
  onDone: (outcome: EngineOutcome) => void;
  onInfo: (info: EngineInfo) => void;
}

/** A link to a host in this page, made with the first job. `options` is asked then. */
export function localEngine(
  news: EngineNews,
  options: () => Promise<{ allowFallbackAdapter: boolean }>,
): EngineLink {
  let host: EngineHost | null = null;
  return {
    async run(job) {
      const { allowFallbackAdapter } = await options();
      host ??= createLocalHost({ ...news, allowFallbackAdapter });
      host.run(job);
    },
    async cancel(jobIds) {
      host?.cancel(jobIds);
    },
    async status() {
      return host === null ? null : { ...host.status(), undelivered: [] };
    },
  };
}
