/** The card that every part of a page sits in: a title, something at its right, the content. */
import { Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import classes from '@/ui/layout/Panel.module.css';

export interface PanelProps {
  readonly title?: string;
  /** One line under the title. */
  readonly hint?: ReactNode;
  /** Controls at the right of the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string | undefined;
}

export function Panel({ title, hint, actions, children, className }: PanelProps) {
  const id = useId();
  const hasHeader = title !== undefined || actions !== undefined;
  return (
    <section
      className={`${classes['panel']} ${className ?? ''}`}
      {...(title === undefined ? {} : { 'aria-labelledby': id })}
    >
      {hasHeader && (
        <header className={classes['header']}>
          {title !== undefined && (
            <Title order={2} id={id} className={classes['title']}>
              {title}
            </Title>
          )}
          {actions !== undefined && <div className={classes['actions']}>{actions}</div>}
        </header>
      )}
      {hint !== undefined && <p className={classes['hint']}>{hint}</p>}
      {children}
    </section>
  );
}
