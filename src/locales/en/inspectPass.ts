export const inspectPass = {
  at: 'After step {{step}}.',
  stale: 'After step {{step}}; the network stands at step {{now}} now.',
  again: 'Read again',
  cancel: 'Cancel',
  costs: 'The run waits for a moment meanwhile.',
  notYet: 'Nothing is read yet.',
  notReady: 'The network is not ready yet.',
} as const;
