/** Metrics from an event file, as torch.utils.tensorboard, TensorFlow or this page write it. */
import { fromBinary } from '@bufbuild/protobuf';
import {
  CurveBuilder,
  metricNamed,
  MetricsFileError,
  someCurves,
  type MetricCurves,
} from '@/formats/metrics/metricsFile';
import { DataType, EventSchema, type Event, type Summary_Value } from '@/formats/tensorboard/tensorboard_pb';
import { decodeRecords } from '@/formats/tensorboard/tfRecord';

function decode(record: Uint8Array): Event {
  try {
    return fromBinary(EventSchema, record);
  } catch (error) {
    throw new MetricsFileError({ kind: 'damaged' }, `A record is no event: ${String(error)}`, {
      cause: error,
    });
  }
}

/** The number of a scalar in either form; undefined for pictures, texts and lists. */
function scalarOf({ value }: Summary_Value): number | undefined {
  if (value.case === 'simpleValue') return value.value;
  if (value.case !== 'tensor') return undefined;
  const { dtype, floatVal, doubleVal, tensorContent: content } = value.value;
  const [listed, ...others] = dtype === DataType.DT_DOUBLE ? doubleVal : floatVal;
  if (listed !== undefined) return others.length === 0 ? listed : undefined;
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  if (dtype === DataType.DT_FLOAT && content.byteLength === 4) return view.getFloat32(0, true);
  if (dtype === DataType.DT_DOUBLE && content.byteLength === 8) return view.getFloat64(0, true);
  return undefined;
}

/** @throws MetricsFileError */
export async function readEvents(bytes: Uint8Array<ArrayBuffer>): Promise<MetricCurves> {
  const builder = new CurveBuilder();
  const tags = new Set<string>();
  for (const record of await decodeRecords(bytes)) {
    const { step, what } = decode(record);
    if (what.case !== 'summary' || step < 0n) continue;
    for (const value of what.value.value) {
      const number = scalarOf(value);
      if (number === undefined) continue;
      const column = metricNamed(value.tag);
      if (tags.size < 10) tags.add(value.tag);
      if (column !== null) builder.add(column, Number(step), number);
    }
  }
  return someCurves(builder.curves(), tags);
}
