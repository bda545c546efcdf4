/**
 * w = w - rate g. state: [rate] float64. Like all updates by pairs of vectors, which `wide` makes one of; ranges are whole
 * cache lines.
 */
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
  for (let at = begin; at < end; at += 32) {
    const w0 = f32x4.sub(v128.load(w + at), f32x4.mul(rate, v128.load(g + at)));
    const w1 = f32x4.sub(v128.load(w + at, 16), f32x4.mul(rate, v128.load(g + at, 16)));
    v128.store(w + at, w1, 16);
    v128.store(w + at, w0);
  }
}
