const paths = {
  back: 'M14.5 5.5v13l-8-6.5Z',
  forward: 'M9.5 5.5v13l8-6.5Z',
  cellBack: 'M12 5.5v13l-7-6.500ZM20 5.500v13l-7-6.500Z',
  cellForward: 'M4 5.500v13l7-6.500ZM12 5.500v13l7-6.500Z',
  toStart: 'M18 5.500v13l-8-6.500ZM6 5.500v13',
  toEnd: 'M6 5.500v13l8-6.500ZM18 5.500v13',
} as const;

export type TransportIconName = keyof typeof paths;

export function TransportIcon({ name }: { readonly name: TransportIconName }) {
  return (
    <svg viewBox="0 0 24 24" width={18} height={18} aria-hidden="true" focusable="false">
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth={1.8}
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  );
}
