/** What Adam's relatives share. */
import { madd } from "../lanes";

/**
 * m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; u = max(u, v); g = (own g + look m) / (sqrt(u) correction + epsilon).
 * u may be v itself.
 */
export function normalize(
  g: usize,
  m: usize,
  v: usize,
  u: usize,
  b1: f64,
  b2: f64,
  own: f64,
  look: f64,
  correction: f64,
  epsilon: f64,
  begin: usize,
  end: usize,
): void {
  const keepM = f32x4.splat(<f32>b1);
  const takeM = f32x4.splat(<f32>(1 - b1));
  const keepV = f32x4.splat(<f32>b2);
  const takeV = f32x4.splat(<f32>(1 - b2));
  const ownG = f32x4.splat(<f32>own);
  const ownM = f32x4.splat(<f32>look);
  const corrections = f32x4.splat(<f32>correction);
  const epsilons = f32x4.splat(<f32>epsilon);
  for (let at = begin; at < end; at += 32) {
    const g0 = v128.load(g + at);
    const g1 = v128.load(g + at, 16);
    const m0 = madd(f32x4.mul(takeM, g0), keepM, v128.load(m + at));
    const m1 = madd(f32x4.mul(takeM, g1), keepM, v128.load(m + at, 16));
    const v0 = madd(f32x4.mul(keepV, v128.load(v + at)), f32x4.mul(takeV, g0), g0);
    const v1 = madd(f32x4.mul(keepV, v128.load(v + at, 16)), f32x4.mul(takeV, g1), g1);
    v128.store(v + at, v1, 16);
    v128.store(v + at, v0);
    const u0 = f32x4.pmax(v128.load(u + at), v0);
    const u1 = f32x4.pmax(v128.load(u + at, 16), v1);
    const d0 = madd(f32x4.mul(ownG, g0), ownM, m0);
    const d1 = madd(f32x4.mul(ownG, g1), ownM, m1);
    const n0 = f32x4.div(d0, madd(epsilons, f32x4.sqrt(u0), corrections));
    const n1 = f32x4.div(d1, madd(epsilons, f32x4.sqrt(u1), corrections));
    v128.store(u + at, u1, 16);
    v128.store(u + at, u0);
    v128.store(m + at, m1, 16);
    v128.store(m + at, m0);
    v128.store(g + at, n1, 16);
    v128.store(g + at, n0);
  }
}
