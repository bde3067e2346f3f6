/** A link to Train with a run's settings: in this page it keeps the worker and what it trains; in a new tab it is an address. */
import type { MouseEvent, ReactNode } from 'react';
import { useLocation, useRouter } from 'wouter';
import type { RunConfig } from '@/model/runConfig';
import { draftToQuery } from '@/session/draftLink';
import { session } from '@/session/session';

export interface RunLinkProps {
  readonly config: RunConfig;
  readonly label: string;
  readonly children: ReactNode;
  readonly className?: string | undefined;
}

const isPlainClick = (event: MouseEvent): boolean =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

export function RunLink({ config, label, children, className }: RunLinkProps) {
  const { base } = useRouter();
  const [, navigate] = useLocation();
  return (
    <a
      href={`${base}/?${draftToQuery(config)}`}
      className={className}
      aria-label={label}
      onClick={(event) => {
        if (!isPlainClick(event)) return;
        event.preventDefault();
        session.actions.loadPreset(config);
        navigate('/');
      }}
    >
      {children}
    </a>
  );
}
