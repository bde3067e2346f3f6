/** The embedding's worker: the page goes on while points are placed. */
import { principalComponents } from '@/model/principalComponents';
import type { EmbeddingJob, EmbeddingNews } from '@/features/inspect/embedding/embeddingMessages';
import { umap } from '@/features/inspect/embedding/umap';

const seed = 1;

const tell = (news: EmbeddingNews): void => globalThis.postMessage(news);

function work({ kind, features, columns, from }: EmbeddingJob): void {
  if (kind === 'pca') {
    tell({ kind, components: principalComponents(features, columns, 2) });
    return;
  }
  const steps = umap(features, columns, seed, from);
  for (;;) {
    const next = steps.next();
    if (next.done === true) {
      tell({ kind, done: 1, points: next.value, isDone: true });
      return;
    }
    tell({ kind, ...next.value, isDone: false });
  }
}

globalThis.addEventListener('message', ({ data }: MessageEvent<EmbeddingJob>) => {
  try {
    work(data);
  } catch (error) {
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
});
