import { describe, expect, it } from 'vitest';
import { scoredState } from '../core/report/sample.testing.ts';
import { pageRow, pageView } from './sample.testing.ts';
import { situationOf } from './situation.ts';
import { drawnRows, initialState, type PopupEvent, type PopupState, ROWS_PER_STEP, reduce } from './state.ts';

const play = (...events: PopupEvent[]): PopupState => events.reduce(reduce, initialState);
const ids = (state: PopupState) => drawnRows(state).map((row) => row.image.id);
const arrived = (...rows: ReturnType<typeof pageRow>[]): PopupEvent => ({
  type: 'view.arrived',
  view: pageView(rows),
});
const scan = (state: 'running' | 'finished', startedAt: number) => ({
  state,
  total: 3,
  done: 1,
  startedAt,
  etaMs: null,
});

describe('the list', () => {
  const first = arrived(pageRow(1, null), pageRow(2, scoredState(0.3)), pageRow(3, scoredState(0.8)));
  const second = arrived(
    pageRow(1, scoredState(0.9)),
    pageRow(2, scoredState(0.3)),
    pageRow(4, scoredState(1)),
  );

  it('is sorted by suspicion on every view', () => {
    expect(ids(play(first))).toEqual([3, 2, 1]);
    expect(ids(play(first, second))).toEqual([4, 1, 2]);
  });

  it('keeps rows in place while held, adds new ones last, drops the gone, and sorts when released', () => {
    const held = play(first, { type: 'list.held', held: true }, second);
    expect(ids(held)).toEqual([2, 1, 4]);
    expect(ids(reduce(held, { type: 'list.held', held: false }))).toEqual([4, 1, 2]);
  });

  it('draws a part of a long list, and more on request', () => {
    const rows = Array.from({ length: 2 * ROWS_PER_STEP + 5 }, (_, id) => pageRow(id, null));
    const long = play(arrived(...rows));
    expect(drawnRows(long)).toHaveLength(ROWS_PER_STEP);
    expect(drawnRows(reduce(long, { type: 'list.extended' }))).toHaveLength(2 * ROWS_PER_STEP);
  });

  it('tells equal element ids of two frames apart', () => {
    const state = play(arrived(pageRow(1, null), pageRow(1, scoredState(0.5), { frameId: 7 })));
    expect(drawnRows(state).map((row) => row.frameId)).toEqual([7, 0]);
  });

  it('changes one row ahead of the next view, which has the last word', () => {
    const changed = play(first, { type: 'row.changed', key: '0:3', changes: { markedWrong: true } });
    expect(drawnRows(changed).map((row) => row.markedWrong)).toEqual([true, false, false]);
    expect(drawnRows(reduce(changed, first)).some((row) => row.markedWrong)).toBe(false);
  });
});

describe('situationOf', () => {
  const view = (changes: Parameters<typeof pageView>[1]): PopupEvent => ({
    type: 'view.arrived',
    view: pageView([], changes),
  });
  const access = { sitePattern: null, site: false, everywhere: false, hover: false };

  it('tells apart why there is no list', () => {
    expect(situationOf(initialState)).toBe('loading');
    expect(situationOf(play({ type: 'view.missed' }))).toBe('unanswered');
    expect(situationOf(play(view({ reachable: false, access })))).toBe('closed');
    expect(situationOf(play(view({ reachable: false })))).toBe('withheld');
    const granted = { ...access, sitePattern: 'https://page.test/*', everywhere: true };
    expect(situationOf(play(view({ reachable: false, access: granted })))).toBe('closed');
    expect(situationOf(play(view({})))).toBe('unseen');
    expect(situationOf(play(view({}), { type: 'scan.asked' }))).toBe('collecting');
    expect(situationOf(play(view({ scan: scan('running', 5) })))).toBe('collecting');
    expect(situationOf(play(view({ scan: scan('finished', 5) })))).toBe('empty');
    expect(situationOf(play(arrived(pageRow(1, null))))).toBe('list');
  });

  it('keeps showing an old view when the background misses a question', () => {
    expect(situationOf(play(arrived(pageRow(1, null)), { type: 'view.missed' }))).toBe('list');
  });
});

describe('a scan that was asked for', () => {
  const asked = play(
    { type: 'view.arrived', view: pageView([], { scan: scan('finished', 5) }) },
    { type: 'scan.asked' },
  );

  it('counts as asked until a view shows another scan than before', () => {
    const old = reduce(asked, { type: 'view.arrived', view: pageView([], { scan: scan('finished', 5) }) });
    expect(old.scanAsked).toBe(true);
    const begun = reduce(old, { type: 'view.arrived', view: pageView([], { scan: scan('running', 6) }) });
    expect(begun.scanAsked).toBe(false);
  });

  it('is over with the first view after the reply, even when no scan came of it', () => {
    const answered = reduce(asked, { type: 'scan.answered' });
    expect(answered.scanAsked).toBe(true);
    expect(reduce(answered, { type: 'view.arrived', view: pageView([]) }).scanAsked).toBe(false);
  });

  it('is forgotten when it could not be sent', () => {
    expect(reduce(asked, { type: 'scan.refused' }).scanAsked).toBe(false);
  });
});
