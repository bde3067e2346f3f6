/** Collects the nodes and constants of an ONNX graph. Values are named as torch.onnx names them: `/conv1/Conv_output_0`. */
import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType as DataType,
  type AttributeProto,
  type NodeProto,
} from '@/formats/onnx/onnx_pb';

/** A value of the graph, by its name. */
export type Value = string;

/** Numbers are int64 in ONNX, but for `real`. */
export type Attribute = number | readonly number[] | string | { readonly real: number };

export interface OnnxTensor {
  readonly name: Value;
  readonly dataType: DataType;
  readonly shape: readonly number[];
  /** Little-endian, row-major. */
  readonly raw: Uint8Array<ArrayBuffer>;
}

function attributeProto(name: string, attribute: Attribute): AttributeProto {
  if (typeof attribute === 'number')
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(attribute) });
  if (typeof attribute === 'string') {
    const s = new TextEncoder().encode(attribute);
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s });
  }
  return 'real' in attribute
    ? create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: attribute.real })
    : create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: attribute.map(BigInt) });
}

const bytesOf = ({
  buffer,
  byteOffset,
  byteLength,
}: Float32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
  new Uint8Array(buffer, byteOffset, byteLength);

export function realTensor(
  name: string,
  shape: readonly number[],
  values: Float32Array<ArrayBuffer>,
): OnnxTensor {
  return { name, dataType: DataType.FLOAT, shape, raw: bytesOf(values) };
}

export class OnnxGraph {
  readonly nodes: NodeProto[] = [];
  readonly constants: OnnxTensor[] = [];
  readonly #names = new Set<string>();

  /**
   * Adds an operator and gives the name of its output.
   * @param place the layer that it belongs to
   * @param inputs values; an empty name for one that is left out
   */
  node(
    place: string,
    opType: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value {
    const name = this.#freeName(`/${place}/${opType}`);
    const output = `${name}_output_0`;
    this.add(name, opType, inputs, output, attributes);
    return output;
  }

  /** The same with both names given. */
  add(
    name: string,
    opType: string,
    inputs: readonly Value[],
    output: Value,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): void {
    const attribute = Object.entries(attributes).map(([key, value]) => attributeProto(key, value));
    this.nodes.push(
      create(NodeProtoSchema, { name, opType, input: [...inputs], output: [output], attribute }),
    );
  }

  /** float32. */
  reals(place: string, what: string, shape: readonly number[], values: readonly number[]): Value {
    const name = this.#freeName(`/${place}/${what}`);
    this.constants.push(realTensor(name, shape, Float32Array.from(values)));
    return name;
  }

  real(place: string, what: string, value: number): Value {
    return this.reals(place, what, [], [value]);
  }

  /** A list of int64, such as a shape. */
  integers(place: string, what: string, values: readonly number[]): Value {
    const name = this.#freeName(`/${place}/${what}`);
    const raw = bytesOf(BigInt64Array.from(values, BigInt));
    this.constants.push({ name, dataType: DataType.INT64, shape: [values.length], raw });
    return name;
  }

  #freeName(wanted: string): string {
    let name = wanted;
    for (let number = 1; this.#names.has(name); number += 1) name = `${wanted}_${number}`;
    this.#names.add(name);
    return name;
  }
}
