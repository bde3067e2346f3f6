/** What the page and the embedding's worker tell each other. A worker does one job at a time; one that is not wanted any more is ended. */
import type { PrincipalComponents } from '@/model/principalComponents';

export interface EmbeddingJob {
  readonly kind: 'pca' | 'umap';
  /** [n, columns] row-major, finite. */
  readonly features: Float32Array<ArrayBuffer>;
  readonly columns: number;
  /** [n, 2], from where UMAP moves the points; null: from the places of the PCA. */
  readonly from: Float32Array<ArrayBuffer> | null;
}

export type EmbeddingNews =
  | { readonly kind: 'pca'; readonly components: PrincipalComponents }
  /** `points` [n, 2]: where they are now; null while neighbours are looked for. `isDone`: they stay there. */
  | {
      readonly kind: 'umap';
      readonly done: number;
      readonly points: Float32Array<ArrayBuffer> | null;
      readonly isDone: boolean;
    }
  | { readonly kind: 'failed'; readonly message: string };
