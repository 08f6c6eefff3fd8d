/** What the popup knows, and how each event changes it. Everything it knows came from messages. */
import { bySuspicion } from '../core/report/order.ts';
import type { PageRow, PageView } from '../protocol/schemas.ts';

export type Section = 'page' | 'about';

export interface CacheSize {
  verdicts: number;
  bytes: number;
}

/** One sentence about what just happened. */
export interface Notice {
  sentence: string;
  /** The image that the notice offers to look at again, or null. */
  again: PageRow | null;
}

export interface PopupState {
  /** Null until the background has answered once. */
  view: PageView | null;
  /** The last question to the background stayed without an answer. */
  unanswered: boolean;
  section: Section;
  /** "Scan this page" was pressed, and no view has shown that scan or come after the background's reply. */
  scanAsked: boolean;
  /** The background has replied to the scan that was asked for. */
  scanAnswered: boolean;
  /** Row keys in the order of the list. */
  order: readonly string[];
  /** Somebody points at or tabs through the list: rows must not move under them. */
  held: boolean;
  /** Rows that are drawn at most. */
  drawn: number;
  cache: CacheSize | null;
  notice: Notice | null;
}

export type PopupEvent =
  | { type: 'view.arrived'; view: PageView }
  | { type: 'view.missed' }
  | { type: 'section.chosen'; section: Section }
  | { type: 'scan.asked' }
  | { type: 'scan.answered' }
  | { type: 'scan.refused' }
  | { type: 'list.held'; held: boolean }
  | { type: 'list.extended' }
  | { type: 'row.changed'; key: string; changes: Partial<PageRow> }
  | { type: 'cache.arrived'; cache: CacheSize }
  | { type: 'notice.changed'; notice: Notice | null };

/** Rows drawn at first, and added by each "show more": a list of 1,000 must open as fast as one of 10. */
export const ROWS_PER_STEP = 60;

export const initialState: PopupState = {
  view: null,
  unanswered: false,
  section: 'page',
  scanAsked: false,
  scanAnswered: false,
  order: [],
  held: false,
  drawn: ROWS_PER_STEP,
  cache: null,
  notice: null,
};

/** Names a row for as long as its frame's document lives. */
export const rowKey = (row: PageRow): string => `${row.frameId}:${row.image.id}`;

/** `state` after `event`. */
export function reduce(state: PopupState, event: PopupEvent): PopupState {
  switch (event.type) {
    case 'view.arrived':
      return withView(state, event.view);
    case 'view.missed':
      return { ...state, unanswered: true };
    case 'section.chosen':
      return { ...state, section: event.section };
    case 'scan.asked':
      return { ...state, scanAsked: true, scanAnswered: false, held: false };
    case 'scan.answered':
      return { ...state, scanAnswered: true };
    case 'scan.refused':
      return { ...state, scanAsked: false };
    case 'list.held':
      return arranged({ ...state, held: event.held });
    case 'list.extended':
      return { ...state, drawn: state.drawn + ROWS_PER_STEP };
    case 'row.changed':
      return withRow(state, event.key, event.changes);
    case 'cache.arrived':
      return { ...state, cache: event.cache };
    case 'notice.changed':
      return { ...state, notice: event.notice };
  }
}

function withView(state: PopupState, view: PageView): PopupState {
  const before = state.view?.scan?.startedAt ?? null;
  const begun = view.scan !== null && view.scan.startedAt !== before;
  const scanAsked = state.scanAsked && !begun && !state.scanAnswered;
  return arranged({ ...state, view, unanswered: false, scanAsked });
}

function withRow(state: PopupState, key: string, changes: Partial<PageRow>): PopupState {
  if (!state.view) return state;
  const rows = state.view.rows.map((row) => (rowKey(row) === key ? { ...row, ...changes } : row));
  return { ...state, view: { ...state.view, rows } };
}

/** While held, rows stay where they are and new ones come last; else the most suspicious comes first. */
function arranged(state: PopupState): PopupState {
  const rows = state.view?.rows ?? [];
  const sorted = bySuspicion(rows).map(rowKey);
  if (!state.held) return { ...state, order: sorted };
  const present = new Set(sorted);
  const kept = state.order.filter((key) => present.has(key));
  const known = new Set(kept);
  return { ...state, order: [...kept, ...sorted.filter((key) => !known.has(key))] };
}

/** The rows to draw, in order. */
export function drawnRows({ view, order, drawn }: PopupState): PageRow[] {
  const byKey = new Map(view?.rows.map((row) => [rowKey(row), row]));
  return order.slice(0, drawn).flatMap((key) => byKey.get(key) ?? []);
}
