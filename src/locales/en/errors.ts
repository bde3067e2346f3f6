export const errors = {
  details: {
    http: 'The server answered with the error {{status}}.',
    webPage: 'The server sent a web page in its place, so the file may be missing there.',
    stalled: 'Nothing arrived for {{seconds}} seconds.',
    missing: 'the data set with the SHA-256 {{start}}…',
    disconnected: 'The connection to the server failed.',
  },
  data_fetch: {
    title: 'The images could not be loaded',
    text: 'Check the connection and try again. Only what is missing is loaded.',
  },
  data_checksum: {
    title: 'A data file arrived damaged',
    text: 'Its checksum is not the known one, so it was not used. Try again to load it anew.',
  },
  data_decode: {
    title: 'A data file could not be read',
    text: 'Try again to load it anew. If it stays so, the site may lack the file.',
  },
  data_import: {
    title: 'These files make no data set',
    text: 'Choose IDX files as MNIST’s, or a folder or zip with a folder of images for each class.',
  },
  data_missing: {
    title: 'The data of this run is not here',
    text: 'Import the data set that it was trained on, then try again.',
  },
  backend: {
    title: 'This engine does not start here',
    text: 'Choose another engine, or “Automatic” to take the best that works.',
  },
  device: {
    title: 'The GPU was lost',
    text: 'No engine could go on in its place. Resume tries again from the last step that was kept, or choose another engine.',
  },
  limits: {
    title: 'The network is too large for this device',
    text: 'Choose a smaller network, a smaller batch, or another engine.',
  },
  config: {
    title: 'These settings do not work together',
    text: 'Change the setting that is named below and start again.',
  },
  state: {
    title: 'The weights do not fit this network',
    text: 'Choose the network that the file was saved from.',
  },
  file: {
    title: 'The file could not be read',
    text: 'It has to be a safetensors file with a state_dict.',
  },
  not_ready: {
    title: 'Not ready yet',
    text: 'Wait a moment for the network and the data, then try again.',
  },
  elsewhere: {
    title: 'Another tab has this run open',
    text: 'Go on there, or close that tab and try again.',
  },
  timeout: {
    title: 'No answer in time',
    text: 'The device may be busy with a large step. Try again in a moment.',
  },
  internal: {
    title: 'Training stopped unexpectedly',
    text: 'Reset starts afresh. If it happens again, another engine may help.',
  },
  worker: {
    crashed: { title: 'The training worker stopped', text: 'The browser ended it, or it ran out of memory.' },
    silent: {
      title: 'The training worker does not answer',
      text: 'It may be busy with a very large step, or be stuck. You can wait for it.',
    },
    late: {
      title: 'The training worker has not loaded yet',
      text: 'Its script has not come. Check the connection, then wait or load it again.',
    },
    goesOn: 'Restarting goes on from step {{step}}.',
    startsOver: 'Restarting begins the run anew: nothing of it was kept.',
    builds: 'Restarting builds the network anew.',
    restart: 'Restart',
    load: 'Load again',
  },
  slowEngine: {
    title: 'The engine is slow to start',
    text: 'You can wait, choose another engine, or try again.',
  },
  recovered: {
    title: 'The run goes on from step {{step}}',
    anew: 'The run began anew: nothing of it was kept',
    device: '{{lost}} lost its device at step {{lostStep}}. {{now}} computes now.',
    worker: 'The training worker was replaced at step {{lostStep}}.',
    close: 'Close',
  },
} as const;
