/** Every kind of image on a page, found exactly once and screened through the popup. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PageRow, PageView } from '../../src/protocol/schemas.ts';
import { startFixtures } from '../support/fixture-server.mjs';
import { openFixture, outcomeOf, scanThroughPopup, startSession } from '../support/session.ts';

const fixtures = await startFixtures();
const session = await startSession({ withAccess: true });
afterAll(async () => {
  await session.close();
  await fixtures.close();
});

/** An image's name that does not depend on how lists label it: its path, else what the page calls it. */
const nameOf = ({ image }: PageRow) => {
  if (image.url !== null) return `${image.kind} ${new URL(image.url).pathname}`;
  return image.kind === 'canvas' ? 'canvas' : `${image.kind} ${image.label}`;
};

const EXPECTED = [
  'background /small/22.jpg',
  'background /small/8.jpg',
  'canvas',
  'canvas',
  'img /small/1.jpg',
  'img /small/13.jpg',
  'img /small/14.jpg',
  'img /small/15.jpg',
  'img /small/16.jpg',
  'img /small/19.jpg',
  'img /small/2.jpg',
  'img /small/20.jpg',
  'img /small/3.jpg',
  'img /small/4.jpg',
  'img /small/5.jpg',
  'img blob',
  'img data',
  'input /small/18.jpg',
  'poster /small/10.jpg',
  'svg-image /small/9.jpg',
];

describe('a page with every kind of image', () => {
  let view: PageView;
  beforeAll(async () => {
    const { tabId } = await openFixture(session, fixtures.url('/kinds.html'), { untilReady: true });
    view = await scanThroughPopup(session, tabId);
  });

  it('lists each exactly once', () => {
    const withoutTwin = view.rows.filter(({ image }) => !image.url?.endsWith('/small/17.jpg'));
    expect(withoutTwin.map(nameOf).sort()).toEqual(EXPECTED);
  });

  it('counts a picture painted twice at one place once', () => {
    expect(view.rows.filter(({ image }) => image.url?.endsWith('/small/17.jpg'))).toHaveLength(1);
  });

  it('leaves a one-pixel tracker alone', () => {
    expect(view.rows.some(({ image }) => image.url?.endsWith('/small/99.jpg'))).toBe(false);
  });

  it('scores every one that may be read', () => {
    const others = view.rows
      .filter((row) => outcomeOf(row) !== 'scored')
      .map((row) => [nameOf(row), outcomeOf(row)]);
    expect(others).toEqual([['canvas', 'tainted-canvas']]);
  });

  it('reaches pictures in frames of another origin', () => {
    const row = view.rows.find(({ image }) => image.url?.endsWith('/small/16.jpg'));
    expect(row?.frameId).toBeGreaterThan(0);
  });

  it('gives every score a band around it, a backend, and a picture to recognise the row by', () => {
    for (const { state, thumbnail } of view.rows) {
      if (state?.state !== 'scored') continue;
      const [low, high] = state.band;
      expect(low).toBeLessThanOrEqual(state.probability);
      expect(high).toBeGreaterThanOrEqual(state.probability);
      expect(['wasm', 'webgpu']).toContain(state.backend);
      expect(thumbnail).not.toBeNull();
    }
  });
});
