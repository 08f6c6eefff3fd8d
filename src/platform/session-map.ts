/**
 * A map that outlives the background but not the browser session. Reads come from memory, so nobody waits;
 * writes go to `storage.session` soon after, several at once.
 */
import { browser } from './browser.ts';

/** A burst of deliveries becomes one write. */
const WRITE_DELAY_MS = 100;

export class SessionMap<Value> {
  private readonly values = new Map<string, Value>();
  private readonly dirty = new Set<string>();
  private readonly area = browser.storage.session;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `name` keeps the keys of several maps apart. */
  constructor(private readonly name: string) {}

  /** Takes over what an earlier background has left. */
  async load(): Promise<void> {
    const stored = await this.area.get(null);
    for (const [key, value] of Object.entries(stored)) {
      if (key.startsWith(`${this.name}:`)) this.values.set(key.slice(this.name.length + 1), value as Value);
    }
  }

  get(key: string | number): Value | undefined {
    return this.values.get(String(key));
  }

  entries(): [key: string, value: Value][] {
    return [...this.values];
  }

  set(key: string | number, value: Value): void {
    this.values.set(String(key), value);
    this.touch(String(key));
  }

  delete(key: string | number): void {
    if (this.values.delete(String(key))) this.touch(String(key));
  }

  /** Writes what has changed; resolves also when the browser refuses, which costs the memory of a restart. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const set: Record<string, Value> = {};
    const gone: string[] = [];
    for (const key of this.dirty) {
      const value = this.values.get(key);
      if (value === undefined) gone.push(`${this.name}:${key}`);
      else set[`${this.name}:${key}`] = value;
    }
    this.dirty.clear();
    await Promise.allSettled([
      gone.length > 0 ? this.area.remove(gone) : null,
      Object.keys(set).length > 0 ? this.area.set(set) : null,
    ]);
  }

  private touch(key: string): void {
    this.dirty.add(key);
    this.timer ??= setTimeout(() => void this.flush(), WRITE_DELAY_MS);
  }
}

/** Whether this is the first background of the browser session; says so once. */
export async function isNewSession(): Promise<boolean> {
  const { session } = await browser.storage.session.get('session');
  await browser.storage.session.set({ session: true });
  return session !== true;
}
