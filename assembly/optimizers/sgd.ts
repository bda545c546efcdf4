/** w = w - rate g. state: [rate] float64. */
export function update(
  w: usize,
  g: usize,
  slots: usize,
  byteLength: usize,
  state: usize,
  begin: usize,
  end: usize,
): void {
  const rate = f32x4.splat(<f32>load<f64>(state));
  for (let at = begin; at < end; at += 16) {
    v128.store(w + at, f32x4.sub(v128.load(w + at), f32x4.mul(rate, v128.load(g + at))));
  }
}
