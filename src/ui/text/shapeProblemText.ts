/** A layer that does not fit, in words of the reader's language. */
import type { useTranslation } from 'react-i18next';
import { assertNever } from '@/model/layers';
import type { NameProblemCode } from '@/model/layerNames';
import type { LayerCheck } from '@/model/networkCheck';
import { formatShape, type ShapeProblemCode } from '@/model/shape';

type Translate = ReturnType<typeof useTranslation<'network'>>['t'];

/** A ShapeError, or what checkNetwork found. */
export interface Problem {
  readonly code: ShapeProblemCode | NameProblemCode;
  readonly details: Readonly<Record<string, string | number>>;
}

/** A Linear behind a Flatten is told the image that was flattened, `16x5x5 = 400`: those are the numbers to look for. */
export function withFlattenedImages(checks: readonly LayerCheck[]): LayerCheck[] {
  return checks.map((check, i) => {
    const { problem } = check;
    const before = checks[i - 1];
    if (problem?.code !== 'features' || before?.layer.kind !== 'Flatten' || before.input === null)
      return check;
    const details = { ...problem.details, given: formatShape(before.input) };
    return { ...check, problem: { ...problem, details } };
  });
}

export function shapeProblemText(t: Translate, { code, details }: Problem): string {
  const text = (key: string): string => String(details[key] ?? '');
  const kind = text('kind');
  switch (code) {
    case 'channels':
      return t('problems.channels', { kind, expected: text('expected'), given: text('given') });
    case 'features':
      return t('problems.features', { kind, expected: text('expected'), given: text('given') });
    case 'needs_vector':
      return t('problems.needs_vector', { kind, expected: text('expected'), given: text('given') });
    case 'needs_image':
      return t('problems.needs_image', { kind, given: text('given') });
    case 'kernel_too_large':
      return t('problems.kernel_too_large', {
        kind,
        kernel: text('kernel'),
        height: text('height'),
        width: text('width'),
      });
    case 'groups':
      return t('problems.groups', {
        kind,
        groups: text('groups'),
        inChannels: text('inChannels'),
        outChannels: text('outChannels'),
      });
    case 'same_stride':
      return t('problems.same_stride', { kind, stride: text('stride') });
    case 'residual_mismatch':
      return t('problems.residual_mismatch', { body: text('body'), shortcut: text('shortcut') });
    case 'output_classes':
      return t('problems.output_classes', { given: text('given') });
    case 'invalid_parameter':
      return t('problems.invalid_parameter', {
        kind,
        field: text('field'),
        value: text('value'),
        min: text('min'),
        max: text('max'),
      });
    case 'not_a_divisor':
      return t('problems.not_a_divisor', {
        kind,
        field: text('field'),
        value: text('value'),
        divided: text('divided'),
      });
    case 'invalid_name':
    case 'reserved_name':
    case 'duplicate_name':
    case 'nested_name':
      return t(`problems.${code}`, { name: text('name'), part: text('part') });
    default:
      return assertNever(code);
  }
}
