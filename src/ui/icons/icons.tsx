/** Our few icons, drawn on a 24 grid with the current colour. Decorative: the control that holds one carries the name. */
import type { ReactNode } from 'react';

const paths = {
  play: (
    <path
      d="M7 4.8v14.4a.8.8 0 0 0 1.2.7l11.6-7.2a.8.8 0 0 0 0-1.4L8.2 4.1a.8.8 0 0 0-1.2.7Z"
      fill="currentColor"
      stroke="none"
    />
  ),
  pause: (
    <g fill="currentColor" stroke="none">
      <rect x="6" y="4.5" width="4.2" height="15" rx="1.2" />
      <rect x="13.8" y="4.5" width="4.2" height="15" rx="1.2" />
    </g>
  ),
  stop: <rect x="6" y="6" width="12" height="12" rx="2" />,
  step: <path d="M6 5.5v13l9-6.5ZM18.5 5v14" />,
  epoch: <path d="M4 5.5v13l7-6.5ZM12 5.5v13l7-6.5ZM20.5 5v14" />,
  reset: <path d="M4 12a8 8 0 1 0 2.6-5.9M4 4v4.5h4.5" />,
  sun: (
    <>
      <circle cx="12" cy="12" r="4" />
      <path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4" />
    </>
  ),
  moon: <path d="M20 14.2A8 8 0 0 1 9.8 4 8.2 8.2 0 1 0 20 14.2Z" />,
  monitor: <path d="M4 5h16v11H4ZM9 20h6M12 16v4" />,
  globe: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M3.5 12h17M12 3.5c5 5.5 5 11.5 0 17M12 3.5c-5 5.5-5 11.5 0 17" />
    </>
  ),
  undo: <path d="M9 7 4.5 11.5 9 16M5 11.5h9a5 5 0 0 1 0 10h-2" transform="translate(0 -2)" />,
  trash: <path d="M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.8 12.5h9.400L17.5 7M10 11v5M14 11v5" />,
  redo: <path d="m15 7 4.5 4.5L15 16M19 11.5h-9a5 5 0 0 0 0 10h2" transform="translate(0 -2)" />,
  plus: <path d="M12 5.5v13M5.5 12h13" />,
  minus: <path d="M5.5 12h13" />,
  copy: <path d="M8.500 8.500h11v11h-11ZM5 15.500H4.500v-11h11V5" />,
  more: (
    <g fill="currentColor" stroke="none">
      <circle cx="5.500" cy="12" r="1.700" />
      <circle cx="12" cy="12" r="1.700" />
      <circle cx="18.500" cy="12" r="1.700" />
    </g>
  ),
  grip: (
    <g fill="currentColor" stroke="none">
      <circle cx="9" cy="6" r="1.600" />
      <circle cx="15" cy="6" r="1.600" />
      <circle cx="9" cy="12" r="1.600" />
      <circle cx="15" cy="12" r="1.600" />
      <circle cx="9" cy="18" r="1.600" />
      <circle cx="15" cy="18" r="1.600" />
    </g>
  ),
  chevronUp: <path d="m6 14.500 6-6 6 6" />,
  chevronDown: <path d="m6 9.5 6 6 6-6" />,
  check: <path d="m5 12.5 4.5 4.5L19 7.5" />,
  cross: <path d="M6.5 6.5l11 11M17.5 6.5l-11 11" />,
  info: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 11v5.5M12 7.5v.2" />
    </>
  ),
  warning: <path d="M12 4 2.8 19.5h18.400ZM12 10v4.5M12 17v.2" />,
  chip: (
    <path d="M7 7h10v10H7ZM10 3.5V7M14 3.5V7M10 17v3.5M14 17v3.5M3.5 10H7M3.5 14H7M17 10h3.5M17 14h3.5" />
  ),
  pencil: <path d="m4.5 19.5 1-4L16.5 4.5l3 3L8.5 18.5ZM14 7l3 3" />,
  shuffle: (
    <path d="M4 7h3.5c4 0 5 10 9 10H20M4 17h3.5c1.3 0 2.3-1 3-2.400M14 9.200C14.7 8 15.5 7 16.5 7H20M17.5 4.5 20 7l-2.5 2.5M17.5 14.5 20 17l-2.5 2.5" />
  ),
  keyboard: <path d="M3.5 7h17v10h-17ZM7 10.5h.1M10.5 10.5h.1M14 10.5h.1M17 10.5h.1M8 14h8" />,
  download: <path d="M12 4v11M7.5 11 12 15.5 16.5 11M5 19.5h14" />,
  pin: <path d="M9 4.500h6l-.7 6 3.200 3.500h-11l3.200-3.500ZM12 14v6" />,
  pinned: (
    <>
      <path d="M9 4.500h6l-.7 6 3.200 3.500h-11l3.200-3.500Z" fill="currentColor" />
      <path d="M12 14v6" />
    </>
  ),
  upload: <path d="M12 16V5M7.5 9 12 4.5 16.5 9M5 19.5h14" />,
} as const satisfies Record<string, ReactNode>;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth={1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      style={{ flex: 'none' }}
    >
      {paths[name]}
    </svg>
  );
}
