/** The one connection to the database of a context, and what happens when there is none. */
import { openDB } from 'idb';
import { type Database, MIGRATIONS, SCHEMA_VERSION, type TelltaleSchema } from './schema.ts';

export const DATABASE_NAME = 'telltale';

let connection: Promise<Database> | null = null;

/**
 * The open database at `version`, upgraded step by step. Rejects when the browser has no storage for us, or
 * while another context holds an older version open.
 */
export function openDatabase(version = SCHEMA_VERSION): Promise<Database> {
  return new Promise((resolve, reject) => {
    const opening = openDB<TelltaleSchema>(DATABASE_NAME, version, {
      async upgrade(database, oldVersion, newVersion, transaction) {
        for (const migrate of MIGRATIONS.slice(oldVersion, newVersion ?? version)) {
          await migrate(database, transaction);
        }
      },
      blocked: () => reject(new DOMException('an older version is open elsewhere', 'AbortError')),
      blocking: (_current, _wanted, event) => {
        (event.target as IDBDatabase).close();
        connection = null;
      },
      terminated: () => {
        connection = null;
      },
    });
    opening.then(resolve, reject);
  });
}

function connect(): Promise<Database> {
  if (connection === null) {
    const opened = openDatabase();
    connection = opened;
    opened.catch(() => {
      if (connection === opened) connection = null;
    });
  }
  return connection;
}

/** Closes this context's connection; the next use opens another. */
export async function closeDatabase(): Promise<void> {
  const open = await connection?.catch(() => null);
  connection = null;
  open?.close();
}

/**
 * What `work` returns, or `fallback` when the store fails: no space left, storage switched off, a connection
 * closed by the browser. Everything in the store can be had again, so its failure must never cost a person
 * the answer that is in hand. Bugs (anything but a DOMException) still throw.
 */
export async function withStore<Value>(
  fallback: Value,
  work: (database: Database) => Promise<Value>,
): Promise<Value> {
  for (const lastAttempt of [false, true]) {
    try {
      return await work(await connect());
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      // A connection that was closed under us (another version, site data cleared) is worth one fresh one.
      if (error.name !== 'InvalidStateError' || lastAttempt) return fallback;
      connection = null;
    }
  }
  return fallback;
}
