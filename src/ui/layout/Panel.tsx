/** The card that every part of a page sits in: a title, something at its right, the content. */
import { Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import type { ExportFiles } from '@/ui/export/exportFiles';
import { useExportFrame } from '@/ui/export/useExportFrame';
import classes from '@/ui/layout/Panel.module.css';

export interface PanelProps {
  readonly title?: string;
  /** One line under the title. */
  readonly hint?: ReactNode;
  /** Controls at the right of the title. */
  readonly actions?: ReactNode;
  /** What of the content can be saved. */
  readonly files?: ExportFiles | undefined;
  readonly children: ReactNode;
  readonly className?: string | undefined;
}

export function Panel({ title, hint, actions, files, children, className }: PanelProps) {
  const id = useId();
  const { frame, menu } = useExportFrame<HTMLElement>(files);
  const hasActions = actions !== undefined || menu !== null;
  return (
    <section
      {...frame}
      className={`${classes['panel']} ${className ?? ''}`}
      {...(title === undefined ? {} : { 'aria-labelledby': id })}
    >
      {(title !== undefined || hasActions) && (
        <header className={classes['header']} data-unsaved>
          {title !== undefined && (
            <Title order={2} id={id} className={classes['title']}>
              {title}
            </Title>
          )}
          {hasActions && (
            <div className={classes['actions']}>
              {actions}
              {menu}
            </div>
          )}
        </header>
      )}
      {hint !== undefined && (
        <p className={classes['hint']} data-unsaved>
          {hint}
        </p>
      )}
      {children}
    </section>
  );
}
