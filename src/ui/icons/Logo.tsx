/** A seven in pixels: the mark of the app; public/favicon.svg is the same drawing. */
const pixels: readonly (readonly [x: number, y: number, opacity: number])[] = [
  [9, 7, 0.75],
  [14, 7, 1],
  [19, 7, 1],
  [19, 12, 0.85],
  [14, 17, 1],
  [14, 22, 0.6],
];

export function Logo({ size = 28 }: { readonly size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#4058d6" />
      {pixels.map(([x, y, opacity]) => (
        <rect key={`${x},${y}`} x={x} y={y} width="4" height="4" rx="1" fill="#fff" opacity={opacity} />
      ))}
    </svg>
  );
}
