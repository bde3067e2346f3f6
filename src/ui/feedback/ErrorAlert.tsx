/** An error as people need it: what is wrong, what to do, a button that does it; the technical text folded away. */
import { Alert, Button, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from '@/ui/icons/icons';

export interface ErrorAlertProps {
  readonly title: string;
  /** What the reader can do. */
  readonly children?: ReactNode;
  /** The machine's own message, shown small. */
  readonly detail?: string | undefined;
  readonly action?: { readonly label: string; readonly onClick: () => void } | undefined;
  readonly tone?: 'error' | 'warning';
}

export function ErrorAlert({ title, children, detail, action, tone = 'error' }: ErrorAlertProps) {
  const ink = tone === 'error' ? 'var(--state-bad)' : 'var(--state-warn)';
  const paper = tone === 'error' ? 'var(--state-bad-soft)' : 'var(--state-warn-soft)';
  return (
    <Alert
      role="alert"
      icon={<Icon name="warning" />}
      title={title}
      styles={{
        root: { background: paper, border: `1px solid color-mix(in srgb, ${ink} 30%, transparent)` },
        title: { color: ink },
        // Code and long file names scroll or break inside it.
        body: { minWidth: 0 },
        label: { overflow: 'visible', overflowWrap: 'anywhere' },
        icon: { color: ink },
        message: { color: 'var(--app-text)' },
      }}
    >
      {children}
      {detail !== undefined && detail !== '' && (
        <Text size="xs" mt={6} c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {detail}
        </Text>
      )}
      {action !== undefined && (
        <Button size="xs" variant="default" mt="sm" display="block" onClick={action.onClick}>
          {action.label}
        </Button>
      )}
    </Alert>
  );
}
