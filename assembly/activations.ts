/**
 * The activations of src/model/layers but ReLU, two functions of vectors each: `tanhValue` of x, `tanhSlope`, its derivative, of
 * what it gives.
 */
