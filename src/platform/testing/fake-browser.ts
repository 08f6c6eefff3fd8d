/** As much of the extension API as the background uses, in memory, for tests. */
import { vi } from 'vitest';
import { matchesAny } from '../match-pattern.ts';

type Listener = (...values: never[]) => unknown;

class FakeEvent {
  readonly listeners: Listener[] = [];
  addListener(listener: Listener): void {
    this.listeners.push(listener);
  }
  fire(...values: unknown[]): unknown[] {
    return this.listeners.map((listener) => listener(...(values as never[])));
  }
}

class FakeArea {
  values: Record<string, unknown> = {};
  async get(key: string | null): Promise<Record<string, unknown>> {
    return structuredClone(key === null ? this.values : { [key]: this.values[key] });
  }
  async set(values: Record<string, unknown>): Promise<void> {
    Object.assign(this.values, structuredClone(values));
  }
  async remove(keys: string[]): Promise<void> {
    for (const key of keys) delete this.values[key];
  }
}

type RegisteredScript = { id: string; js: string[]; matches: string[] };

/** A fresh API. `granted` are the host patterns; `answer` is what content scripts reply. */
export function makeFakeBrowser() {
  const granted: string[] = [];
  const registered: RegisteredScript[] = [];
  const replaceScript = async ([script]: RegisteredScript[]): Promise<void> => {
    registered.length = 0;
    if (script) registered.push(script);
  };
  return {
    granted,
    registered,
    runtime: {
      id: 'telltale',
      getURL: (path: string) => `chrome-extension://telltale/${path}`,
      onMessage: new FakeEvent(),
      sendMessage: vi.fn(async (_message: unknown): Promise<unknown> => undefined),
      getPlatformInfo: vi.fn(async () => ({})),
    },
    storage: { local: new FakeArea(), session: new FakeArea() },
    tabs: {
      sendMessage: vi.fn(
        async (_tabId: number, _message: unknown, _options: unknown): Promise<unknown> => undefined,
      ),
      query: vi.fn(async (_query: unknown): Promise<{ id: number }[]> => []),
      get: vi.fn(async (tabId: number) => ({ id: tabId, title: 'A page' })),
    },
    permissions: {
      getAll: async () => ({ origins: [...granted], permissions: [] }),
      contains: async ({ origins }: { origins: string[] }) =>
        origins.every((pattern) => granted.includes(pattern) || matchesAny(granted, pattern)),
      onAdded: new FakeEvent(),
      onRemoved: new FakeEvent(),
    },
    scripting: {
      getRegisteredContentScripts: async () => structuredClone(registered),
      registerContentScripts: vi.fn(replaceScript),
      updateContentScripts: vi.fn(replaceScript),
      unregisterContentScripts: vi.fn(async () => replaceScript([])),
      executeScript: vi.fn(
        async (_injection: unknown): Promise<{ frameId: number; documentId?: string }[]> => [],
      ),
    },
    alarms: { create: vi.fn(), clear: vi.fn(async () => true), onAlarm: new FakeEvent() },
    action: {
      setBadgeText: vi.fn(async (_details: { tabId: number; text: string }) => {}),
      setBadgeBackgroundColor: vi.fn(async () => {}),
      setTitle: vi.fn(async () => {}),
      openPopup: vi.fn(async () => {}),
    },
    i18n: { getMessage: (key: string, substitutions: string[] = []) => [key, ...substitutions].join(' ') },
  };
}

export type FakeBrowser = ReturnType<typeof makeFakeBrowser>;

/** The one that `vi.mock('…/platform/browser.ts')` hands out; `resetFakeBrowser` makes it new. */
export const fakeBrowser: FakeBrowser = makeFakeBrowser();

export function resetFakeBrowser(): void {
  Object.assign(fakeBrowser, makeFakeBrowser());
}
