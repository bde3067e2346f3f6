/** The page's IndexedDB and how its versions follow one another. */
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb';
import { runOfResult } from '@/storage/resultsMigration';
import { encodeRun } from '@/storage/runs/runSchema';

export interface DigitLabSchema extends DBSchema {
  /** Tiles measured on each adapter, as tileChoices.ts writes them; validated when read. */
  readonly tileChoices: { readonly key: string; readonly value: unknown };
  /** Runs by id, and what was recorded of each under [id, ...]; runs/ writes them, and validates what it reads. */
  readonly runs: { readonly key: string; readonly value: { readonly id: string } };
  readonly runMetrics: { readonly key: [string, number]; readonly value: unknown };
  readonly runStatistics: { readonly key: [string, number]; readonly value: unknown };
  readonly runCurvature: { readonly key: [string, number]; readonly value: unknown };
  readonly runTests: { readonly key: [string, number, string]; readonly value: unknown };
  /** Data sets by checksum, and their images under [checksum, part]; dataSets/ writes and validates them. */
  readonly dataSets: { readonly key: string; readonly value: { readonly sha256: string } };
  readonly dataParts: { readonly key: [string, string]; readonly value: unknown };
  /** Own drawings by id; dataSets/ writes and validates them. */
  readonly drawings: { readonly key: string; readonly value: { readonly id: string } };
  readonly runKeyframes: { readonly key: [string, number]; readonly value: unknown };
}

export type DigitLabDatabase = IDBPDatabase<DigitLabSchema>;

/** Whose stores are those of any version. */
type AnyDatabase = IDBPDatabase;
type Upgrade = IDBPTransaction<unknown, string[], 'versionchange'>;

/** Results of the report, which versions 1 to 3 kept apart. */
async function moveResults(database: AnyDatabase, upgrade: Upgrade): Promise<void> {
  const results = (await upgrade.objectStore('results').getAll()) as unknown[];
  const [runs, tests] = [upgrade.objectStore('runs'), upgrade.objectStore('runTests')];
  for (const [i, result] of results.entries()) {
    const moved = runOfResult(result, `result-${Date.now().toString(36)}-${i}`);
    if (moved === null) continue;
    // oxlint-disable-next-line no-await-in-loop -- requests of one transaction
    await Promise.all([
      runs.put(encodeRun(moved.run)),
      ...moved.tests.map((test) => tests.put(test, [moved.run.id, test.step, test.extent])),
    ]);
  }
  database.deleteObjectStore('results');
}

/** migrations[n] brings a database of version n to n + 1; what is published stays as it is, changes are added at the end. */
const migrations: readonly ((database: AnyDatabase, upgrade: Upgrade) => void | Promise<void>)[] = [
  (database) => {
    database.createObjectStore('results', { keyPath: 'settings' });
  },
  (database) => {
    database.createObjectStore('tileChoices');
  },
  (database) => {
    database.createObjectStore('runs', { keyPath: 'id' });
    for (const name of ['runMetrics', 'runStatistics', 'runTests', 'runKeyframes'] as const)
      database.createObjectStore(name);
  },
  moveResults,
  (database) => {
    database.createObjectStore('dataSets', { keyPath: 'sha256' });
    database.createObjectStore('dataParts');
    database.createObjectStore('drawings', { keyPath: 'id' });
  },
  (database) => {
    database.createObjectStore('runCurvature');
  },
];

async function migrateFrom(version: number, database: AnyDatabase, upgrade: Upgrade): Promise<void> {
  for (const migrate of migrations.slice(version)) {
    const done = migrate(database, upgrade);
    // oxlint-disable-next-line no-await-in-loop -- one builds on the other
    if (done !== undefined) await done;
  }
}

/** Browsers have had faults by which a database never opened. */
const openMilliseconds = 5_000;

/**
 * @throws DOMException where the browser forbids storage, where a newer version of the page was here before, or where nothing
 * answers
 */
export async function openDatabase(name = 'digit-lab'): Promise<DigitLabDatabase> {
  const opening = open(name);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new DOMException(`The database ${name} does not open.`, 'TimeoutError'));
      // One that opens later would hold up those of other tabs.
      opening.then(
        (database) => database.close(),
        () => undefined,
      );
    }, openMilliseconds);
  });
  try {
    return await Promise.race([opening, end]);
  } finally {
    clearTimeout(timer);
  }
}

async function open(name: string): Promise<DigitLabDatabase> {
  const database = await openDB<DigitLabSchema>(name, migrations.length, {
    upgrade: (db, oldVersion, _newVersion, transaction) => {
      const upgrade = transaction as unknown as Upgrade;
      migrateFrom(oldVersion, db as unknown as AnyDatabase, upgrade).catch(() => upgrade.abort());
    },
    // A newer version of the page in another tab waits for this connection to end.
    blocking: () => database.close(),
  });
  return database;
}
