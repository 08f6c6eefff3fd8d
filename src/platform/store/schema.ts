/** What the database `telltale` holds, and how an older one becomes the present one. */
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import type { Abstained, ImageState, PatchMap, Scored } from '../../core/verdict.ts';
import type { EngineJob } from '../../protocol/messages.ts';
import type { Priority } from '../../protocol/schemas.ts';
import type { FrameAddress } from '../transports.ts';

/** The outcomes that are final for the bytes and may be kept. A failure does not fit this type. */
export type Storable = Scored | Abstained;

export interface VerdictRow {
  /** `<sha256>:<models key>`: one row a picture, with the best that either model has said of it. */
  key: string;
  sha256: string;
  /** `modelsKey` of the cards. */
  model: string;
  verdict: Storable;
  map: PatchMap | null;
  /** Small WebP. */
  thumbnail: Uint8Array | null;
  /** Estimate of what the row occupies. */
  sizeBytes: number;
  storedAt: number;
  /** Last use, coarse: renewed once a day at most. */
  usedAt: number;
}

export interface AliasRow {
  url: string;
  sha256: string;
  expiresAt: number;
}

/** Rows and bytes of a store, kept in the transactions that change it: counting 50 000 rows takes too long. */
export interface TotalsRow {
  store: 'verdicts' | 'aliases';
  rows: number;
  bytes: number;
}

/** One element of one document that waits for a job. */
export interface Subscriber extends FrameAddress {
  id: number;
  generation: number;
  /** The page itself may read the picture. */
  pageReadable: boolean;
  /** Asked for by the frame (hover, click) with this priority, or null. */
  asked: Priority | null;
  /** Asked for by the tab's scan with this priority, or null. */
  scanned: Priority | null;
}

/** One distinct picture that somebody waits for. */
export interface JobRow {
  /** What makes two requests the same work; see `background/queue/rows.ts`. */
  key: string;
  /** Name towards the engine. */
  jobId: string;
  /** First come, first served within a priority. */
  sequence: number;
  effort: EngineJob['effort'];
  /** `page`: read by the content script of the first subscriber; all of them are in one document. */
  source: { kind: 'url'; url: string; pageUrl: string } | { kind: 'page' };
  subscribers: Subscriber[];
  /** `sent`: being read in its page, or in the engine's hands. */
  state: 'waiting' | 'sent' | 'running';
  /** Times it was handed to the engine. */
  attempts: number;
}

export interface ScanRow {
  tabId: number;
  state: 'running' | 'finished' | 'cancelled';
  /** The frames have not all been asked for their images yet. */
  collecting: boolean;
  total: number;
  /** Images that had their answer when the scan ended; absent while it runs. */
  done?: number;
  startedAt: number;
  endedAt: number | null;
}

/** A person said that this verdict looks wrong. Never leaves the machine but by their own export. */
export interface MarkRow {
  sha256: string;
  pageUrl: string;
  state: ImageState;
  markedAt: number;
}

export interface TelltaleSchema extends DBSchema {
  verdicts: { key: string; value: VerdictRow; indexes: { usedAt: number } };
  aliases: { key: string; value: AliasRow; indexes: { expiresAt: number } };
  totals: { key: string; value: TotalsRow };
  jobs: { key: string; value: JobRow };
  scans: { key: number; value: ScanRow };
  marks: { key: string; value: MarkRow };
}

export type Database = IDBPDatabase<TelltaleSchema>;
type Upgrade = IDBPTransaction<TelltaleSchema, StoreNames<TelltaleSchema>[], 'versionchange'>;

async function addTotals(transaction: Upgrade): Promise<void> {
  const verdicts: TotalsRow = { store: 'verdicts', rows: 0, bytes: 0 };
  for await (const cursor of transaction.objectStore('verdicts')) {
    verdicts.rows += 1;
    verdicts.bytes += cursor.value.sizeBytes;
  }
  const aliases = await transaction.objectStore('aliases').count();
  await transaction.objectStore('totals').put(verdicts);
  await transaction.objectStore('totals').put({ store: 'aliases', rows: aliases, bytes: 0 });
}

/**
 * Entry n turns version n into version n + 1. They run in one `versionchange` transaction: all or none.
 * An entry that has shipped is never edited.
 */
export const MIGRATIONS: readonly ((database: Database, transaction: Upgrade) => Promise<void>)[] = [
  async (database) => {
    database.createObjectStore('verdicts', { keyPath: 'key' });
    database.createObjectStore('aliases', { keyPath: 'url' });
  },
  async (database, transaction) => {
    transaction.objectStore('verdicts').createIndex('usedAt', 'usedAt');
    transaction.objectStore('aliases').createIndex('expiresAt', 'expiresAt');
    database.createObjectStore('totals', { keyPath: 'store' });
    database.createObjectStore('jobs', { keyPath: 'key' });
    database.createObjectStore('scans', { keyPath: 'tabId' });
    database.createObjectStore('marks', { keyPath: 'sha256' });
    await addTotals(transaction);
  },
  // Verdicts that do not say which model spoke, by a model that is gone: no key leads to them any more.
  async (_database, transaction) => {
    await Promise.all([
      transaction.objectStore('verdicts').clear(),
      transaction.objectStore('aliases').clear(),
    ]);
    await transaction.objectStore('totals').clear();
  },
];

export const SCHEMA_VERSION = MIGRATIONS.length;
