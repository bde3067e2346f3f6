/** How each of the compared runs is drawn: four colours, solid and dashed. */
export const mostCompared = 8;

const colors = [
  'var(--series-train)',
  'var(--series-test-loss)',
  'var(--series-accuracy)',
  'var(--series-4)',
];

export interface RunLine {
  readonly color: string;
  readonly isDashed: boolean;
}

export function lineOf(index: number): RunLine {
  return { color: colors[index % colors.length] ?? 'currentcolor', isDashed: index >= colors.length };
}
