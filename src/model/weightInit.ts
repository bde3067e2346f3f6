/** How a layer's weights are drawn. */
import * as v from 'valibot';

export const weightInitSchema = v.variant('kind', [
  /** PyTorch's Linear/Conv2d reset_parameters: U(-1/sqrt(fan_in), 1/sqrt(fan_in)) for weight and bias. */
  v.strictObject({ kind: v.literal('default') }),
  /** torch.nn.init.kaiming_normal_(mode='fan_out', nonlinearity='relu'); bias 0. */
  v.strictObject({ kind: v.literal('kaiming_normal_fan_out') }),
  /** torch.nn.init.normal_(0, std); bias 0. */
  v.strictObject({ kind: v.literal('normal'), std: v.pipe(v.number(), v.minValue(0), v.maxValue(10)) }),
]);

export type WeightInit = Readonly<v.InferOutput<typeof weightInitSchema>>;
