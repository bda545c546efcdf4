/** How far two lists of numbers are apart. */

/** max |a_i - b_i|; infinite where a number is NaN, so that no comparison lets it pass. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    most = Math.max(most, Number.isNaN(difference) ? Infinity : difference);
  }
  return most;
}

export function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}

/** max |a_i - b_i| / max |b_i|; 0 where they are equal, even if all of b is 0. */
export function normwiseError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const difference = largestDifference(a, b);
  return difference === 0 ? 0 : difference / largest(b);
}
