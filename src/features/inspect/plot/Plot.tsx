/** A plot on the page, as wide as there is room; `children` make the picture for a width. */
import { useElementSize } from '@mantine/hooks';
import type { ReactNode } from 'react';

export interface PlotProps {
  /** The plot in words. */
  readonly label: string;
  /** Pixels. */
  readonly mostWidth?: number;
  readonly children: (width: number) => ReactNode;
  readonly testId?: string;
}

export function Plot({ label, mostWidth, children, testId }: PlotProps) {
  const { ref, width } = useElementSize();
  return (
    <figure
      ref={ref}
      aria-label={label}
      data-testid={testId}
      style={{ margin: 0, minWidth: 0, overflow: 'hidden', maxWidth: mostWidth }}
    >
      {width > 0 && children(width)}
    </figure>
  );
}
