export const recording = {
  lastRun: {
    open: {
      title: 'Go on where you stopped?',
      text: '{{network}} stood at step {{step}} of {{total}} when it was left on {{date}}. Its curves, tests and weights are kept.',
    },
    ended: {
      title: 'Show your last run again?',
      text: '{{network}} ended at step {{step}} on {{date}}. Its curves, tests and weights are kept.',
    },
    cut: {
      title: 'Start it again?',
      text: '{{network}} was cut at step {{step}} of {{total}} on {{date}}, before a state of it was kept. It can begin again with the same settings: its first steps come out the same.',
    },
    again: 'Start it again',
    goOn: 'Go on',
    show: 'Show it',
    dismiss: 'Not now',
  },
  problem: {
    no_storage: {
      title: 'This run is not kept',
      text: 'The browser allows this page no storage. The run goes on; a reload loses it.',
    },
    newer_version: {
      title: 'This run is not kept',
      text: 'A newer version of this page has been here, and this older one leaves what it keeps alone. The run goes on; a reload loses it, and brings the newer version.',
    },
    full: {
      title: 'The storage is full',
      text: 'The curves go on being kept, but no more states: after a reload the run can go on from its last kept step only. Delete runs and free their space; a moment later states are kept again.',
    },
    failed: {
      title: 'No more of this run is kept',
      text: 'The browser’s storage does not take it. The run goes on; a reload loses what comes now.',
    },
    newer_page: {
      title: 'A newer version of this page is open',
      text: 'It has taken the storage over in another tab, so nothing more of this run is kept here. Let it end, save what you need, then reload this tab.',
    },
    toStorage: 'To the runs',
    close: 'OK',
  },
};
