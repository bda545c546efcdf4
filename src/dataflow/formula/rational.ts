/** Fractions of whole numbers, so that a third stays a third: x^3/3 has the derivative x^2. Others are kept as they are. */

/** n / d. Lowest terms and d > 0 where both are whole numbers that float64 holds exactly, otherwise d is 1. */
export interface Rational {
  readonly n: number;
  readonly d: number;
}

export const ZERO: Rational = { n: 0, d: 1 };
export const ONE: Rational = { n: 1, d: 1 };
export const MINUS_ONE: Rational = { n: -1, d: 1 };

export function rational(n: number, d = 1): Rational {
  if (!Number.isSafeInteger(n) || !Number.isSafeInteger(d)) return { n: n / d, d: 1 };
  const divisor = greatestDivisor(Math.abs(n), Math.abs(d)) * Math.sign(d);
  // + 0 makes 0 of -0.
  return { n: n / divisor + 0, d: d / divisor };
}

function greatestDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

export function toNumber({ n, d }: Rational): number {
  return n / d;
}

export function isWhole({ n, d }: Rational): boolean {
  return d === 1 && Number.isSafeInteger(n);
}

export function isOne({ n, d }: Rational): boolean {
  return n === 1 && d === 1;
}

export function times(a: Rational, b: Rational): Rational {
  const [n, d] = [a.n * b.n, a.d * b.d];
  return Number.isSafeInteger(n) && Number.isSafeInteger(d) ? rational(n, d) : rational(toNumber(a) * toNumber(b));
}

export function plus(a: Rational, b: Rational): Rational {
  const [left, right, d] = [a.n * b.d, b.n * a.d, a.d * b.d];
  const isExact = [left, right, left + right, d].every(Number.isSafeInteger);
  return isExact ? rational(left + right, d) : rational(toNumber(a) + toNumber(b));
}

/** Undefined where the power is not a finite number, or is one that only float64's rounding could give. */
export function power(base: Rational, exponent: Rational): Rational | undefined {
  if (!isWhole(exponent)) return undefined;
  const size = Math.abs(exponent.n);
  const [n, d] = exponent.n < 0 ? [base.d ** size, base.n ** size] : [base.n ** size, base.d ** size];
  const value = rational(n, d);
  return Number.isFinite(value.n) && (value.n !== 0 || base.n === 0) ? value : undefined;
}
