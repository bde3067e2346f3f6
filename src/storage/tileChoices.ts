/** Measured tiles in IndexedDB. Never a reason to fail: without storage they are measured at every visit. */
import * as v from 'valibot';
import type { TileChoices, TileChoiceStore } from '@/model/tileChoices';
import { openDatabase, type DigitLabDatabase } from '@/storage/database';

const factor = v.picklist([0.5, 1, 2]);
const choice = v.object({
  rows: factor,
  columns: factor,
  workgroupTiling: v.boolean(),
  subgroupBroadcast: v.boolean(),
});
const choicesSchema = v.object({ fpropDgrad: choice, wgrad: choice });

/** Runs `use` on the database and closes it; null where there is no storage, or none that can be read. */
async function withDatabase<Result>(
  name: string | undefined,
  use: (database: DigitLabDatabase) => Promise<Result>,
): Promise<Result | null> {
  try {
    const database = await openDatabase(name);
    try {
      return await use(database);
    } finally {
      database.close();
    }
  } catch {
    return null;
  }
}

/** `name`: of the database, else the page's own. */
export function storedTileChoices(name?: string): TileChoiceStore {
  return {
    load: (adapter) =>
      withDatabase(name, async (database): Promise<TileChoices | null> => {
        const parsed = v.safeParse(choicesSchema, await database.get('tileChoices', adapter));
        return parsed.success ? parsed.output : null;
      }),
    save: async (adapter, choices) => {
      await withDatabase(name, (database) => database.put('tileChoices', choices, adapter));
    },
  };
}
