/** Errors as data: what the page needs to say what went wrong and what can be done. */
import { DataError } from '@/data/dataError';
import { EngineError } from '@/engine/engine';
import { FormatError } from '@/formats/formatError';
import { ShapeError } from '@/model/shape';
import { DataImportError, DataMissingError } from '@/training/dataSets/dataImportError';
import type { WorkerError } from '@/protocol/messages';

/** A request that came too early, such as a prediction before there is a network. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
}

const layerOf = (error: unknown): string | null => (error instanceof ShapeError ? error.layer : null);

export function toWorkerError(error: unknown): WorkerError {
  if (error instanceof DataError) {
    const { code, message, file, details } = error;
    return { code, message, subject: file, ...(details === undefined ? {} : { details }) };
  }
  if (error instanceof EngineError) {
    // What a device or an engine cannot do is, to the page, a matter of the backend.
    const code = error.code === 'unsupported' ? 'backend' : error.code;
    return { code, message: error.message, subject: layerOf(error.cause) };
  }
  if (error instanceof ShapeError) return { code: 'config', message: error.message, subject: error.layer };
  if (error instanceof FormatError) {
    const { message, details } = error;
    return { code: details.kind === 'mismatch' ? 'state' : 'file', message, subject: null, details };
  }
  if (error instanceof DataImportError) {
    const { message, problem } = error;
    const subject = 'file' in problem ? problem.file : null;
    return { code: 'data_import', message, subject, details: { kind: 'data_import', problem } };
  }
  if (error instanceof DataMissingError) {
    const { message, data } = error;
    return { code: 'data_missing', message, subject: data.name, details: { kind: 'data_missing', data } };
  }
  if (error instanceof NotReadyError) return { code: 'not_ready', message: error.message, subject: null };
  return {
    code: 'internal',
    message: error instanceof Error ? error.message : String(error),
    subject: null,
  };
}
