import { EngineError } from '@/engine/engine';
import type { RunConfig } from '@/model/runConfig';
import { validateConfig } from '@/model/validate';

/** A link or a stored run may ask for anything. @throws EngineError `config` with the first problem */
export function checkConfig(config: RunConfig): void {
  const [problem] = validateConfig(config);
  if (problem === undefined) return;
  const { key, code, details } = problem;
  const said = details['message'] ?? `${key} ${details['value'] ?? ''}: ${code}`;
  throw new EngineError('config', `These settings cannot be trained. ${said}`);
}
