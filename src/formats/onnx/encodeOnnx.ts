/**
 * A network with its weights as an ONNX model that any runtime since 2022 takes: opset 17, IR 8, any number of images a batch.
 * The messages are those of protos/onnx; where weights come in, they are put together field by field, so that half a gigabyte
 * of them is not copied once more for each message around it.
 */
import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { OnnxGraph, realTensor, type OnnxTensor } from '@/formats/onnx/graph';
import { lowerLayers } from '@/formats/onnx/lowering';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  TensorProto_DataType as DataType,
  TensorProtoSchema,
  type ValueInfoProtoSchema,
} from '@/formats/onnx/onnx_pb';
import { describeInput, lowerInput } from '@/formats/onnx/input';
import { dataOf, type DataSpec } from '@/model/dataSet';
import { inferShapes, inputShape } from '@/model/shapes';
import type { RunConfig } from '@/model/runConfig';
import { stateEntries } from '@/model/stateDict';
import { stateDictProblem } from '@/model/stateDictDifference';
import type { StateDict } from '@/model/tensor';

const opsetVersion = 17;
const irVersion = 8;

export interface OnnxOptions {
  /** Whether it takes images as bytes and prepares them itself, instead of the network's own input. */
  readonly fromBytes: boolean;
  /** What else is to stand in the file, by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

type Parts = readonly Uint8Array<ArrayBuffer>[];

const lengthOf = (parts: Parts): number => parts.reduce((sum, { byteLength }) => sum + byteLength, 0);

function joined(parts: Parts): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.byteLength;
  }
  return all;
}

/** A message or bytes as one field of the message around it. */
function field(number: number, content: Parts): Parts {
  const head = new BinaryWriter().tag(number, WireType.LengthDelimited).uint32(lengthOf(content)).finish();
  return [head, ...content];
}

const rawData = TensorProtoSchema.field.rawData.number;
const initializer = GraphProtoSchema.field.initializer.number;
const graphOfModel = ModelProtoSchema.field.graph.number;

function tensorParts({ name, dataType, shape, raw }: OnnxTensor): Parts {
  const head = create(TensorProtoSchema, { name, dataType, dims: shape.map(BigInt) });
  return [toBinary(TensorProtoSchema, head), ...field(rawData, [raw])];
}

function valueInfo(
  name: string,
  elemType: DataType,
  shape: readonly number[],
  docString: string,
): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = [
    { value: { case: 'dimParam' as const, value: 'batch' } },
    ...shape.map((size) => ({ value: { case: 'dimValue' as const, value: BigInt(size) } })),
  ];
  return { name, docString, type: { value: { case: 'tensorType', value: { elemType, shape: { dim } } } } };
}

/**
 * What the outputs stand for, as Ultralytics' exports and what reads them have it under `names`: a dictionary that Python's
 * ast.literal_eval reads, `{0: "shirt", 1: "bag"}`. ONNX itself has no such field.
 */
function namesText({ classNames }: DataSpec): string {
  return `{${classNames.map((name, output) => `${output}: ${JSON.stringify(name)}`).join(', ')}}`;
}

/**
 * Input `input`, float32 [batch, 1, size, size], or `images`, uint8 [batch, 28, 28]; output `logits`, float32 [batch, 10], in eval mode. The classes'
 * names stand in its metadata as `names`.
 * @throws ShapeError where the layers do not fit together
 * @throws RangeError where the state is not this network's
 */
export function encodeOnnx(
  { network, input, data }: Pick<RunConfig, 'network' | 'input' | 'data'>,
  state: StateDict,
  { fromBytes, metadata }: OnnxOptions,
): Uint8Array<ArrayBuffer> {
  const entries = stateEntries(network);
  const problem = stateDictProblem(entries, state);
  if (problem !== null) throw new RangeError(`The state is not one of ${network.name}; ${problem}.`);
  const shape = inputShape(input);
  inferShapes(network, shape);

  const graph = new OnnxGraph();
  const x = fromBytes ? lowerInput(graph, 'images', input) : 'input';
  graph.add('logits', 'Identity', [lowerLayers(graph, network.layers, x, shape)], 'logits');
  const images = valueInfo('images', DataType.UINT8, [28, 28], 'White on black, as MNIST has them.');
  // num_batches_tracked is no part of what a network computes.
  const weights = entries.flatMap(({ key }) => {
    const tensor = state.get(key);
    return tensor?.dtype === 'F32' ? [realTensor(key, tensor.shape, tensor.data)] : [];
  });

  const graphProto = create(GraphProtoSchema, {
    name: network.name,
    node: graph.nodes,
    input: [fromBytes ? images : valueInfo('input', DataType.FLOAT, shape, describeInput(input))],
    output: [valueInfo('logits', DataType.FLOAT, [10], 'Before the softmax, one a class.')],
  });
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(irVersion),
    opsetImport: [{ domain: '', version: BigInt(opsetVersion) }],
    producerName: 'Digit Lab',
    metadataProps: Object.entries({ ...metadata, names: namesText(dataOf({ data })) }).map(
      ([key, value]) => ({ key, value }),
    ),
  });
  const tensors = [...graph.constants, ...weights].flatMap((tensor) =>
    field(initializer, tensorParts(tensor)),
  );
  return joined([
    toBinary(ModelProtoSchema, model),
    ...field(graphOfModel, [toBinary(GraphProtoSchema, graphProto), ...tensors]),
  ]);
}
