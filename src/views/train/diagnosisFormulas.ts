/** The formula behind each of the doctor's findings. */
import type { DiagnosisId } from '@/doctor/diagnosis';
import { over, root, sub, subSup, sup, type Term } from '@/views/ui/Formula';

const zt = sub('z', 't');
const pt = sub('p', 't');
const norm = (inside: Term): Term => ['‖', inside, '‖'];
const tiny = sup('10', ['−', '3']);
const step: Term = [over(norm(['η', 'g']), norm('w')), '≈', tiny];
/** J is what one layer does to a small change of its input. */
const throughLayers = (relation: Term): Term => [
  over(['∂', 'L'], ['∂', sub('x', '1')]),
  '=',
  over(['∂', 'L'], ['∂', sub('x', 'n')]),
  subSup('∏', ['k', '=', '1'], ['n', '−', '1']),
  sub('J', 'k'),
  ',',
  norm(sub('J', 'k')),
  relation,
  '1',
];

export const diagnosisFormulas: Readonly<Record<DiagnosisId, Term>> = {
  unbounded_loss: ['L', '=', '−', zt, '→', '−', '∞', ',', over(['∂', 'L'], ['∂', zt]), '=', '−', '1'],
  softmax_before_nll: [
    'L',
    '=',
    '−',
    pt,
    ',',
    over(['∂', 'L'], ['∂', zt]),
    '=',
    '−',
    pt,
    '(',
    '1',
    '−',
    pt,
    ')',
  ],
  softmax_twice: ['L', '≥', 'ln', '(', '1', '+', over('9', 'e'), ')', '≈', '1.461'],
  non_finite: ['w', '←', 'w', '−', 'η', 'g', ',', '∞', '−', '∞', '=', 'NaN'],
  first_loss: ['L', '=', '−', 'ln', over('1', '10'), '=', 'ln', '10', '≈', '2.303'],
  learning_rate_high: ['w', '←', 'w', '−', 'η', 'g', ',', step],
  learning_rate_low: ['w', '←', 'w', '−', 'η', 'g', ',', step],
  exploding_gradients: throughLayers('>'),
  vanishing_gradients: throughLayers('<'),
  dead_relus: [over(['d', 'ReLU', '(', 'x', ')'], ['d', 'x']), '=', '0', ',', 'x', '<', '0'],
  unshuffled: [sub('g', 'batch'), '≠', over('1', 'N'), subSup('∑', ['i', '=', '1'], 'N'), sub('g', 'i')],
  small_batch_norm: ['y', '=', over(['x', '−', sub('μ', 'B')], root([subSup('σ', 'B', '2'), '+', 'ε']))],
  classes_never_predicted: [sub('recall', 'k'), '=', over(sub('right', 'k'), sub('images', 'k')), '=', '0'],
  chance_accuracy: [sub('p', 'k'), '≈', over('1', '10'), ',', 'L', '≈', 'ln', '10'],
  overfitting: [sub('L', 'test'), '−', sub('L', 'training'), '→', '∞'],
};
