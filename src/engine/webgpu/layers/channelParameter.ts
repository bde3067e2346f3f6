/** A parameter of a value a channel, such as the weight of a normalisation, with its gradient. */
import type { Lowering } from '@/engine/webgpu/lowering';
import type { Tensor } from '@/engine/webgpu/program';
import { pieceTensor, type Piece, type StoredTensor } from '@/engine/webgpu/runMemory';

/** Of a tensor that lies in one. */
export function firstPiece({ key, pieces }: StoredTensor): Piece {
  const [piece] = pieces;
  if (piece === undefined) throw new RangeError(`${key} has no place.`);
  return piece;
}

export interface ChannelParameter {
  readonly tensor: Tensor;
  readonly gradient: Tensor;
}

/** That of this state_dict key, with `channels` values. */
export function channelParameter({ memory }: Lowering, key: string, channels: number): ChannelParameter {
  const piece = firstPiece(memory.parameter(key, 1, channels, { kind: 'plain' }));
  return {
    tensor: pieceTensor(key, piece),
    gradient: pieceTensor('normalisation gradient', piece, memory.slot('gradient', piece.bank)),
  };
}
