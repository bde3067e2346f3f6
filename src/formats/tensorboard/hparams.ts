/** A run's settings for TensorBoard's HPARAMS page, and as text. */
import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import {
  DataType,
  HParamsPluginDataSchema,
  HParamType,
  Status,
  type HParamInfoSchema,
  type HParamValueSchema,
  type Summary_ValueSchema,
} from '@/formats/tensorboard/tensorboard_pb';
import type { HyperparameterValue } from '@/model/hyperparameter';
import { hyperparameters } from '@/model/hyperparameters';
import type { RunConfig } from '@/model/runConfig';

export type SummaryValue = MessageInitShape<typeof Summary_ValueSchema>;

/** Every setting that this configuration has. */
export function settingsOf(config: RunConfig): [string, HyperparameterValue][] {
  return hyperparameters.flatMap(({ key, read }): [string, HyperparameterValue][] => {
    const value = read(config);
    return value === undefined ? [] : [[key, value]];
  });
}

function hparamValue(value: HyperparameterValue): MessageInitShape<typeof HParamValueSchema> {
  if (typeof value === 'number') return { kind: { case: 'numberValue', value } };
  if (typeof value === 'boolean') return { kind: { case: 'boolValue', value } };
  return { kind: { case: 'stringValue', value } };
}

const typesOf = {
  number: HParamType.DATA_TYPE_FLOAT64,
  boolean: HParamType.DATA_TYPE_BOOL,
  string: HParamType.DATA_TYPE_STRING,
} as const;

const hparamInfo = (name: string, value: HyperparameterValue): MessageInitShape<typeof HParamInfoSchema> => ({
  name,
  type: typesOf[typeof value as keyof typeof typesOf],
});

function pluginValue(
  tag: string,
  data: MessageInitShape<typeof HParamsPluginDataSchema>['data'],
): SummaryValue {
  if (data === undefined) throw new RangeError('Nothing to tell of.');
  const content = toBinary(HParamsPluginDataSchema, create(HParamsPluginDataSchema, { version: 0, data }));
  return { tag, metadata: { pluginData: { pluginName: 'hparams', content } } };
}

export interface SessionTimes {
  /** Seconds since 1970. */
  readonly start: number;
  readonly end: number;
}

/** The experiment and its one session, whose results are the metrics of these tags. */
export function hparamValues(
  config: RunConfig,
  metricTags: readonly string[],
  { start, end }: SessionTimes,
): SummaryValue[] {
  const settings = settingsOf(config);
  const experiment = {
    timeCreatedSecs: start,
    hparamInfos: settings.map(([name, value]) => hparamInfo(name, value)),
    metricInfos: metricTags.map((tag) => ({ name: { tag } })),
  };
  const hparams = Object.fromEntries(settings.map(([name, value]) => [name, hparamValue(value)]));
  return [
    pluginValue('_hparams_/experiment', { case: 'experiment', value: experiment }),
    pluginValue('_hparams_/session_start_info', {
      case: 'sessionStartInfo',
      value: { hparams, startTimeSecs: start },
    }),
    pluginValue('_hparams_/session_end_info', {
      case: 'sessionEndInfo',
      value: { status: Status.SUCCESS, endTimeSecs: end },
    }),
  ];
}

/** Markdown for the TEXT page. */
export function textValue(tag: string, markdown: string): SummaryValue {
  return {
    tag: `${tag}/text_summary`,
    metadata: { pluginData: { pluginName: 'text' } },
    value: {
      case: 'tensor',
      value: {
        dtype: DataType.DT_STRING,
        tensorShape: { dim: [{ size: 1n }] },
        stringVal: [new TextEncoder().encode(markdown)],
      },
    },
  };
}
