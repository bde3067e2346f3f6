/** One job in a worker of its own. */
import type { EmbeddingJob, EmbeddingNews } from '@/features/inspect/embedding/embeddingMessages';

/** `onNews` hears everything up to the end. Gives the way to end it before. */
export function startJob(job: EmbeddingJob, onNews: (news: EmbeddingNews) => void): () => void {
  const worker = new Worker(new URL('embeddingWorker.ts', import.meta.url), {
    type: 'module',
    name: 'embedding',
  });
  const end = (): void => worker.terminate();
  worker.addEventListener('message', ({ data }: MessageEvent<EmbeddingNews>) => {
    if (data.kind !== 'umap' || data.isDone) end();
    onNews(data);
  });
  worker.addEventListener('error', (event) => {
    end();
    const message = event.message === '' ? 'Its script could not be loaded.' : event.message;
    onNews({ kind: 'failed', message });
  });
  worker.postMessage(job);
  return end;
}
