import type { RecordedRun } from '@/storage/runs/runSchema';

/** What a person called it, else its network. */
export const nameOfRun = ({ notes, config }: Pick<RecordedRun, 'notes' | 'config'>): string =>
  notes.name === '' ? config.network.name : notes.name;
