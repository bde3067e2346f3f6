/** What data sets fail with. */
import type { DataProblem } from '@/model/dataImport';
import type { DataSpec } from '@/model/dataSet';

/** Files that make no data set; `problem` lets the page word it in the reader's language. */
export class DataImportError extends Error {
  override readonly name = 'DataImportError';
  readonly problem: DataProblem;
  constructor(problem: DataProblem, options?: ErrorOptions) {
    super(`No data set: ${JSON.stringify(problem)}`, options);
    this.problem = problem;
  }
}

/** Data that is not kept here. */
export class DataMissingError extends Error {
  override readonly name = 'DataMissingError';
  readonly data: DataSpec;
  constructor(data: DataSpec) {
    super(`The data set ${data.name} (${data.sha256.slice(0, 12)}) is not kept here.`);
    this.data = data;
  }
}
