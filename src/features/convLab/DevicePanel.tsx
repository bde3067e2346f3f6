/** The same convolution run by tfjs on the engine's device, beside ours, with the largest difference. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { convolved } from '@/features/convLab/convLabDerived';
import type { LabDocument } from '@/features/convLab/convLabState';
import { useLab } from '@/features/convLab/convLabStore';
import { session, useSession } from '@/session/session';
import { Panel } from '@/ui/layout/Panel';
import { ColourScale } from '@/ui/picture/ColourScale';
import { Grid } from '@/features/convLab/Grid';
import { extentFor, plainGrid } from '@/features/convLab/gridModel';
import { usePalette } from '@/ui/theme/usePalette';
import { useDeviceText } from '@/ui/text/deviceText';
import classes from '@/features/convLab/convLab.module.css';

interface DeviceResult {
  /** Whose convolution this is. */
  readonly document: LabDocument;
  readonly output: Float32Array<ArrayBuffer>;
  readonly backend: string;
}

const delay = 250;

async function askDevice(document: LabDocument): Promise<DeviceResult> {
  const { input, kernel, bias, settings } = document;
  const { output, backend } = await session.actions.convolve({
    ...settings,
    x: Float32Array.from(input.data),
    xShape: input.shape,
    w: Float32Array.from(kernel.data),
    wShape: kernel.shape,
    bias: Float32Array.from(bias),
  });
  return { document, output, backend };
}

function sameProblem(a: LabDocument, b: LabDocument): boolean {
  return a.input === b.input && a.kernel === b.kernel && a.bias === b.bias && a.settings === b.settings;
}

/** The newest answer, for this convolution or the one before. */
function useDeviceResult(document: LabDocument): {
  readonly result: DeviceResult | null;
  readonly failure: string | null;
} {
  const isReady = useSession((state) => state.backend.kind === 'ready');
  const [result, setResult] = useState<DeviceResult | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const { input, kernel, bias, settings } = document;
  useEffect(() => {
    if (!isReady) return undefined;
    let isCurrent = true;
    const timer = setTimeout(() => {
      const asked = { ...document, input, kernel, bias, settings };
      if (!convolved(asked).ok) return;
      askDevice(asked).then(
        (next) => {
          if (!isCurrent) return;
          setResult(next);
          setFailure(null);
        },
        (error: unknown) => {
          if (isCurrent) setFailure(error instanceof Error ? error.message : String(error));
        },
      );
    }, delay);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
    // The step and the stage change nothing about the convolution.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [isReady, input, kernel, bias, settings]);
  return { result, failure };
}

function largestDifference(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  let largest = 0;
  for (let index = 0; index < ours.length; index += 1) {
    // NaN would get lost in Math.max's comparison order, but not in a subtraction.
    largest = Math.max(largest, Math.abs((ours[index] ?? 0) - (theirs[index] ?? Number.NaN)));
  }
  return largest;
}

/** Where tfjs computed: on the engine's own device, or beside an engine that is not tfjs. */
function useDeviceHint(): (tfjsBackend: string | null) => string {
  const { t } = useTranslation('convLab');
  const deviceText = useDeviceText();
  const engine = useSession((state) => (state.backend.kind === 'ready' ? state.backend.backend : null));
  return (tfjsBackend) => {
    if (engine === null || tfjsBackend === null) return t('device.waiting');
    const { backend } = engine;
    const device = deviceText(engine.device);
    const isItsOwn = engine.engine !== 'wasm' && tfjsBackend === backend;
    return t(isItsOwn ? 'device.runsOn' : 'device.beside', { backend: tfjsBackend, device });
  };
}

export function DevicePanel() {
  const { t } = useTranslation('convLab');
  const palette = usePalette();
  const document = useLab((state) => state.document);
  const device = useDeviceHint();
  const { result, failure } = useDeviceResult(document);
  const conv = convolved(document);
  if (!conv.ok) return null;
  const { output } = conv.value;
  const [, filters, rows, columns] = output.shape;
  const isCurrent = result !== null && sameProblem(result.document, document);
  const difference = isCurrent ? largestDifference(output.data, result.output) : null;
  return (
    <Panel title={t('device.title')} hint={device(result?.backend ?? null)}>
      {failure !== null && <p className={classes['sumNote']}>{t('device.failed', { message: failure })}</p>}
      {isCurrent && (
        <div className={classes['deviceGrids']}>
          {Array.from({ length: filters }, (_value, filter) => (
            <Grid
              key={filter}
              model={plainGrid(
                `tfjs-${filter}`,
                [rows, columns],
                result.output,
                filter * rows * columns,
                extentFor(output.data),
              )}
              palette={palette}
              title={t('grids.tfjs', { filter: filter + 1 })}
              maxWidth={filters === 1 ? 260 : 130}
            />
          ))}
        </div>
      )}
      <p className={classes['difference']} data-difference={difference ?? ''}>
        {difference === null
          ? t('device.computing')
          : t('device.difference', { difference: difference === 0 ? '0' : difference.toExponential(1) })}
      </p>
      <ColourScale palette={palette} label={t('scale.output')} extent={extentFor(output.data)} />
    </Panel>
  );
}
