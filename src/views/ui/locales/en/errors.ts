export const errors = {
  details: {
    http: 'The server answered with the error {{status}}.',
    webPage: 'The server sent a web page in its place, so the file may be missing there.',
    stalled: 'Nothing arrived for {{seconds}} seconds.',
    disconnected: 'The connection to the server failed.',
  },
  data_fetch: {
    title: 'The digits could not be loaded',
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
  backend: {
    title: 'This engine does not start here',
    text: 'Choose another engine, or “Automatic” to take the best that works.',
  },
  device: {
    title: 'The GPU was lost',
    text: 'The browser took the device away. Choose an engine to go on from the last saved step.',
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
  timeout: {
    title: 'No answer in time',
    text: 'The device may be busy with a large step. Try again in a moment.',
  },
  internal: {
    title: 'Training stopped unexpectedly',
    text: 'Reset starts afresh. If it happens again, another engine may help.',
  },
  crashed: {
    title: 'The training worker stopped',
    text: 'The run is lost. Restart to build the network anew.',
    action: 'Restart',
  },
} as const;
