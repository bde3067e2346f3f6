/** What the worker has to know of the settings. */
import type { Command } from '@/protocol/messages';
import type { Request } from '@/protocol/requests';
import type { Settings } from '@/session/sessionState';

type SettingsCommand = Exclude<Command, Request>;

/** Asks the worker for the engine that the settings name. */
export function selectBackendCommand({ engineChoice, referenceEngine }: Settings): SettingsCommand {
  return { type: 'selectBackend', choice: engineChoice, reference: referenceEngine };
}

/** Tells the worker how much of a run to keep. */
export function keyframesCommand({ keyframeBytes }: Settings): SettingsCommand {
  return { type: 'setKeyframeBytes', bytes: keyframeBytes };
}

/** Tells the worker how often to measure the layers. */
export function statisticsCommand({ statisticsInterval }: Settings): SettingsCommand {
  return { type: 'setStatisticsInterval', interval: statisticsInterval };
}
