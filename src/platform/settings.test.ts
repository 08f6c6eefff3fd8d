import { beforeEach, describe, expect, it, vi } from 'vitest';
import { hoversOn, loadSettings, setHover } from './settings.ts';

const stored = vi.hoisted(() => ({ values: {} as Record<string, unknown> }));
vi.mock('./browser.ts', () => ({
  browser: {
    storage: {
      local: {
        get: async (key: string) => ({ [key]: stored.values[key] }),
        set: async (values: Record<string, unknown>) => {
          Object.assign(stored.values, values);
        },
      },
    },
  },
}));

beforeEach(() => {
  stored.values = {};
});

describe('settings', () => {
  it('have defaults', async () => {
    expect(await loadSettings()).toEqual({
      schema: 1,
      hover: true,
      hoverOff: [],
      allowFallbackAdapter: false,
    });
  });

  it('fall back to defaults when unreadable', async () => {
    stored.values = { settings: { schema: 2, hover: 'yes' } };
    expect((await loadSettings()).hover).toBe(true);
  });

  it('switch hovering per host and back', async () => {
    const off = await setHover('a.example', false);
    expect(hoversOn(off, 'a.example')).toBe(false);
    expect(hoversOn(off, 'b.example')).toBe(true);
    await setHover('a.example', false);
    expect((await loadSettings()).hoverOff).toEqual(['a.example']);
    expect(hoversOn(await setHover('a.example', true), 'a.example')).toBe(true);
    expect((await loadSettings()).hoverOff).toEqual([]);
  });
});
