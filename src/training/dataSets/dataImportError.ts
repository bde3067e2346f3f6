import type { DataProblem } from '@/model/dataImport';

/** Files that make no data set; `problem` lets the page word it in the reader's language. */
export class DataImportError extends Error {
  override readonly name = 'DataImportError';
  readonly problem: DataProblem;
  constructor(problem: DataProblem, options?: ErrorOptions) {
    super(`No data set: ${JSON.stringify(problem)}`, options);
    this.problem = problem;
  }
}
