/**
 * Kinds that a description names: by a bare name, or with options of their own, such as { name: "leakyRelu", slope: 0.01 }.
 * Which options there are, what they are by default and what they may be, the file of the kind states.
 */
import { checkNumber, checkOptions, lookUp, type NumberBounds, refuse, show, synonymsOf } from "../ground/errors.ts";

/** An option of a kind. */
export interface Option<T> {
  readonly default: T;
  /** @throws InvalidInputError for what it may not be. */
  check(this: void, where: string, value: unknown): T;
}

/** All options of a kind, each of which may be left out. */
export type OptionsOf<O extends object> = { readonly [Name in keyof O]-?: Option<Required<O>[Name]> };

/** A kind with options, which is a T once they are known. */
export interface WithOptions<O extends object, T> {
  readonly synonyms?: readonly string[];
  readonly options: OptionsOf<O>;
  of(this: void, options: Required<O>): T;
}

/** The same, whatever its options are. */
export interface WithSomeOptions<T> {
  readonly options: Readonly<Record<string, Option<unknown>>>;
  of(this: void, options: never): T;
}

/** What is asked of a row of a table of kinds. */
interface Kind {
  readonly synonyms?: readonly string[];
  readonly options?: Readonly<Record<string, Option<unknown>>>;
}

type Kinds = Readonly<Record<string, Kind>>;
type Named<Name extends string = string> = Name | { readonly name: Name };

export function numberOption(byDefault: number, bounds: NumberBounds): Option<number> {
  return { default: byDefault, check: (where, value) => checkNumber(where, value, bounds) };
}

/** Of which there is none by default. */
export function optionalNumber(bounds: NumberBounds): Option<number | undefined> {
  return { ...numberOption(0, bounds), default: undefined };
}

export function booleanOption(byDefault: boolean): Option<boolean> {
  return {
    default: byDefault,
    check: (where, value) => (typeof value === "boolean" ? value : refuse(where, "true or false", show(value))),
  };
}

/**
 * A checked copy: the bare name where no option is given, or else a frozen object with all options.
 * @throws InvalidInputError for a name that is none of the table's, an option that the kind does not have or may not be so.
 */
export function checkNamed(where: string, what: string, given: unknown, kinds: Kinds): Named {
  if (typeof given !== "object" || given === null) {
    lookUp(where, what, given, kinds, synonymsOf(kinds));
    return given as string;
  }
  // Copied first: V8 reads twice what a pattern with `...` takes out by name.
  const { name, ...options } = { ...given } as { name: string; [option: string]: unknown };
  const kind = lookUp(`${where}: ${what}`, "name", name, kinds, synonymsOf(kinds));
  checkOptions(`${where}: ${name}`, options, Object.keys(kind.options ?? {}));
  if (Object.values(options).every((value) => value === undefined)) return name;
  return Object.freeze({ name, ...complete(kind, options, `${where}: ${name}`) });
}

/** What a table says of a kind, with the options that its checked description has. */
export function kindOf<Name extends string, T extends object>(
  description: Named<Name>,
  kinds: Readonly<Record<Name, T | WithSomeOptions<T>>>,
): T {
  const name = nameOf(description);
  const kind: T | WithSomeOptions<T> = kinds[name];
  if (!("of" in kind)) return kind as T;
  return (kind as WithSomeOptions<T>).of(
    complete(kind, typeof description === "string" ? {} : { ...description }, name) as never,
  );
}

function complete({ options = {} }: Kind, given: Record<string, unknown>, where: string): Record<string, unknown> {
  const values = Object.entries(options).map(([name, option]) => {
    const value = given[name];
    return [name, value === undefined ? option.default : option.check(`${where}: ${name}`, value)] as const;
  });
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

export function nameOf<Name extends string>(description: Named<Name>): Name {
  return typeof description === "string" ? description : description.name;
}
