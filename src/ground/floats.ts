/** Numbers in a row: float32 in WebAssembly and its honest JavaScript rival, float64 in the oracle. */
export type Floats = Float32Array | Float64Array;
