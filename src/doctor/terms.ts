/** Parts of formulas that several rules share. */
import { over, sub, subSup, sup, type Term } from '@/model/formula';

export const zt = sub('z', 't');
export const pt = sub('p', 't');

const norm = (inside: Term): Term => ['‖', inside, '‖'];
/** The step that usually suits. */
export const suitableStep: Term = [
  'w',
  '←',
  'w',
  '−',
  'η',
  'g',
  ',',
  [over(norm(['η', 'g']), norm('w')), '≈', sup('10', ['−', '3'])],
];

/** J is what one layer does to a small change of its input. */
export const throughLayers = (relation: Term): Term => [
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
