/** The child process of one trainer in Node: tfjs has one backend a process. Argument: `jax-js` or a name from scripts/parity/engines.ts. */
import { engines, isParityEngineName } from '../scripts/parity/engines.ts';
import { installDawn } from '../scripts/dawn.ts';
import { engineTrainer } from './engineTrainer.ts';
import { switchRelaxedSimdOn } from './relaxedSimd.ts';
import { countGpuUse } from './stepProfile.ts';
import { answer, type Trainer, type TrainerCommand } from './trainer.ts';

const name = process.argv[2] ?? '';

async function create(): Promise<Trainer> {
  if (name === 'jax-js' || name.endsWith('webgpu')) {
    await installDawn();
    countGpuUse();
  }
  if (name === 'jax-js') {
    // It asks the browser's name as it loads.
    Object.defineProperty(navigator, 'userAgent', { value: 'Node', configurable: true });
    return (await import('./jaxTrainer.ts')).createJaxTrainer();
  }
  if (name.startsWith('wasm')) switchRelaxedSimdOn();
  if (!isParityEngineName(name)) throw new Error(`Unknown engine "${name}".`);
  return engineTrainer(await engines[name].create());
}

const trainer = create();
// A failed start is answered to the first command.
trainer.catch(() => undefined);

process.on('message', (message) => {
  // engineRow.ts, of the same version, sends nothing else.
  void answer(trainer, message as TrainerCommand).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));
