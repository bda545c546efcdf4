/** What a tile leaves of columns that do not fill a vector, stored or, accumulating, added. */

/** The first C lanes. */
export function storeColumns<C>(dw: usize, sums: v128, accumulate: bool): void {
  if (offsetof<C>() == 4) {
    v128.store(dw, accumulate ? f32x4.add(v128.load(dw), sums) : sums);
    return;
  }
  storeColumn(dw, f32x4.extract_lane(sums, 0), accumulate);
  if (offsetof<C>() > 1) storeColumn(dw + 4, f32x4.extract_lane(sums, 1), accumulate);
  if (offsetof<C>() > 2) storeColumn(dw + 8, f32x4.extract_lane(sums, 2), accumulate);
}

export function storeColumn(dw: usize, sum: f32, accumulate: bool): void {
  store<f32>(dw, accumulate ? load<f32>(dw) + sum : sum);
}
