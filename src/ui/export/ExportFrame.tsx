/** A picture or a table that is a part of a panel, with its own heading and the menu that saves it. */
import type { ReactNode } from 'react';
import type { ExportFiles } from '@/ui/export/exportFiles';
import { useExportFrame } from '@/ui/export/useExportFrame';
import classes from '@/ui/export/ExportFrame.module.css';

export interface ExportFrameProps {
  readonly files: ExportFiles | undefined;
  readonly heading?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string | undefined;
  readonly testId?: string;
}

export function ExportFrame({ files, heading, children, className, testId }: ExportFrameProps) {
  const { frame, menu } = useExportFrame<HTMLDivElement>(files);
  return (
    <div {...frame} className={className} data-testid={testId}>
      <div className={classes['head']} data-unsaved>
        <div className={classes['heading']}>{heading}</div>
        {menu}
      </div>
      {children}
    </div>
  );
}
