/**
 * w = w - rate g. Like all updates by pairs of vectors, which `wide` makes one of; ranges are whole
 * cache lines.
 */
export function update(
  w: usize,
  g: usize,
  slots: usize,
  byteLength: usize,
  rate: f64,
  state: usize,
  begin: usize,
  end: usize,
): void {
  const rates = f32x4.splat(<f32>rate);
  for (let at = begin; at < end; at += 32) {
    const w0 = f32x4.sub(v128.load(w + at), f32x4.mul(rates, v128.load(g + at)));
    const w1 = f32x4.sub(v128.load(w + at, 16), f32x4.mul(rates, v128.load(g + at, 16)));
    v128.store(w + at, w1, 16);
    v128.store(w + at, w0);
  }
}
