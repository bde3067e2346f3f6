/** The report's check of its own convolution: ones under ones, where every sum can be done in the head. */
export const convolutionCheck = {
  /** Height and width of the input of ones. */
  inputSize: 4,
  kernelSize: 2,
  stride: 1,
  padding: 0,
  /** Height and width of the output, and the value of each of its cells. */
  outputSize: 3,
  outputValue: 4,
} as const;
