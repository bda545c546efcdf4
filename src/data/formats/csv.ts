/**
 * CSV text as a data set: columns of its records picked, derived and encoded as they are read, in slices of time. How text
 * is cut into records is `csv-records.ts`.
 */
import { checkMarks, defaultMarks } from "../cells.ts";
import { checkOptions, lookUp, refuse, show } from "../../ground/errors.ts";
import { inSlices, type Pieces } from "../../ground/pieces.ts";
import { checkSignal, type Signal, throwIfAborted, unlessAborted } from "../../ground/signal.ts";
import { fileNameOf, openSource } from "../../ground/source.ts";
import { checkNames } from "../rows.ts";
import { type BuiltColumn, TableBuilder } from "../table-builder.ts";
import { type Cell, type Derive, type Marks, RowReader, TableDataset, type TableRow } from "../table.ts";
import { checkWeight, totalOf } from "../weights.ts";
import { CsvRecords } from "./csv-records.ts";

export interface CsvOptions {
  /** The columns a network gets, from the header or from `derive`. */
  inputs: readonly string[];
  /** The columns it is to predict. */
  targets: readonly string[];
  /** Which rows to take; all unless given. */
  where?: (row: TableRow) => boolean;
  /**
   * New columns, computed from the texts of a row; false and true become 0 and 1. NaN is a missing value if the
   * function read a missing cell. Beware that Number("") is 0; Number.parseFloat("") is NaN.
   */
  derive?: Readonly<Record<string, Derive>>;
  /** The columns that name categories. Each becomes one-hot: `sex` gives `sex=female` and `sex=male`. */
  categorical?: readonly string[];
  /** What to do with a row that has no value in a column in use: refuse the table (unless given) or drop the row. */
  missing?: "refuse" | "drop";
  /**
   * What stands for a missing value, beside an empty cell: NA, N/A, n/a, #N/A, #NA, <NA>, NaN, nan, None, NULL, Null, null
   * and ? unless given; of some columns only, by their names. In quotes they are text.
   */
  missingMarks?: readonly string[] | Readonly<Record<string, readonly string[]>>;
  /**
   * What a network that learns from this table is to do with categories of inputs that are not in it: refuse them (unless
   * given), or take them as none of those it knows, a row of zeros.
   */
  unknown?: "refuse" | "ignore";
  /** Which input columns a network is to standardize: none (unless given), those named, or all but categories. */
  standardize?: boolean | readonly string[];
  /** The column that says how much the loss of each row counts, as `sampleWeight` of a data set does; it may be derived. */
  sampleWeight?: string;
  /** The character between cells; a comma unless given. */
  delimiter?: string;
  /** Aborting it rejects with its reason within a slice of work. */
  signal?: AbortSignal;
  /** What errors call the table; the name of the file, or CSV, unless given. */
  name?: string;
}

/** The options, checked. */
interface Plan {
  readonly name: string;
  readonly inputs: readonly BuiltColumn[];
  readonly targets: readonly BuiltColumn[];
  /** A column or none. */
  readonly weights: readonly BuiltColumn[];
  readonly where: ((row: TableRow) => boolean) | undefined;
  readonly drop: boolean;
  readonly marks: Marks;
  /** The columns that have marks of their own. */
  readonly marked: readonly string[];
  readonly delimiter: string;
  readonly signal: Signal | undefined;
}

const knownOptions = [
  "inputs",
  "targets",
  "where",
  "derive",
  "categorical",
  "missing",
  "missingMarks",
  "unknown",
  "standardize",
  "sampleWeight",
  "delimiter",
  "signal",
  "name",
];

/**
 * Reads a CSV file in UTF-8 with a header row, piece by piece: a path or a file: URL in Node, Deno and Bun, any other URL
 * anywhere, in a page a relative one too.
 * @throws InvalidInputError if the file cannot be read, and for all that `parseCsv` refuses.
 */
export async function loadCsv(source: string | URL, options: CsvOptions): Promise<TableDataset> {
  const plan = checkPlan(options, fileNameOf("loadCsv", source));
  throwIfAborted(plan.signal);
  const { pieces } = await unlessAborted(openSource("loadCsv", source), plan.signal);
  return readTable(untilAborted(pieces(), plan.signal), plan);
}

/**
 * Reads CSV text with a header row. Errors name a row by the line where it starts; the header is row 1. Line endings
 * may be \n, \r\n or \r, and read as \n inside quotes. Blank lines are passed over, as are blanks around what is not in
 * quotes. It never holds its host for more than some 10 ms.
 * @throws InvalidInputError for malformed quotes, a header with a name twice, rows with too many or too few cells,
 *   columns that are not there, cells that are not numbers, no rows left, and options that are unknown or wrong; the
 *   signal's reason if aborted.
 */
export async function parseCsv(text: string, options: CsvOptions): Promise<TableDataset> {
  if (typeof text !== "string") refuse("parseCsv", "text", show(text));
  return readTable([text], checkPlan(options, "CSV"));
}

/** The pieces, as long as they are wanted: a slow source is not waited for. */
async function* untilAborted(
  pieces: AsyncGenerator<string, void, undefined>,
  signal: Signal | undefined,
): AsyncGenerator<string, void, undefined> {
  try {
    for (;;) {
      const { done, value } = await unlessAborted(pieces.next(), signal);
      if (done) return;
      yield value;
    }
  } finally {
    // Not awaited: it waits for the piece that is on its way.
    pieces.return().catch(() => {});
  }
}

async function readTable(pieces: Iterable<string> | AsyncIterable<string>, plan: Plan): Promise<TableDataset> {
  const records = new CsvRecords(plan.name, plan.delimiter);
  const table = new Table(records, plan);
  for await (const piece of pieces) {
    throwIfAborted(plan.signal);
    records.push(piece);
    await inSlices(table.take(), plan.signal);
  }
  records.end();
  await inSlices(table.take(), plan.signal);
  return inSlices(table.finish(), plan.signal);
}

/** How many cells are read between two looks at the clock: about half a millisecond. */
const PIECE_CELLS = 4000;

/** A table on its way from records to a data set. */
class Table {
  readonly #records: CsvRecords;
  readonly #plan: Plan;
  readonly #builder: TableBuilder;
  #reader: RowReader | undefined;
  #width = 0;
  /** Records below the header. */
  #count = 0;
  #dropped = 0;

  constructor(records: CsvRecords, plan: Plan) {
    this.#records = records;
    this.#plan = plan;
    this.#builder = new TableBuilder(plan.name, plan.inputs, plan.targets, plan.weights);
  }

  /** Takes the records that are there. */
  *take(): Pieces<void> {
    const records = this.#records;
    const columns = columnsOf(this.#plan);
    const cells: Cell[] = columns.map(() => 0);
    let read = 0;
    while (records.next()) {
      if (this.#reader) this.#takeRow(this.#reader, columns, cells);
      else this.#takeHeader();
      read += records.count;
      if (read < PIECE_CELLS) continue;
      read = 0;
      yield;
    }
  }

  *finish(): Pieces<TableDataset> {
    const { name, inputs, marks } = this.#plan;
    if (!this.#reader) refuse(name, "a header row", "none");
    if (this.#builder.count === 0) {
      refuse(name, "at least one row", `none of ${this.#count} (${this.#dropped} dropped)`);
    }
    const rows = yield* this.#builder.finish();
    totalOf(name, rows.weights, rows.count);
    return new TableDataset(rows, { columns: inputs, marks }, this.#dropped);
  }

  #takeHeader(): void {
    const { name, marks } = this.#plan;
    const names = readHeader(`${name}, row ${this.#records.line}, header`, this.#records);
    checkHeader(names, this.#plan);
    this.#width = names.length;
    this.#reader = new RowReader(new Map(names.map((column, at) => [column, at])), this.#records, marks);
  }

  #takeRow(reader: RowReader, columns: readonly BuiltColumn[], cells: Cell[]): void {
    const { name, where, drop } = this.#plan;
    const { line, count } = this.#records;
    this.#count++;
    const row = `${name}, row ${line}`;
    reader.begin(row);
    if (count !== this.#width) refuse(row, `${this.#width} cells, as in the header`, String(count));
    const wanted: unknown = where ? where(reader.row) : true;
    if (typeof wanted !== "boolean") refuse(`${row}, where`, "true or false", show(wanted));
    if (!wanted) return;
    const missing = reader.read(cells, columns);
    const weight = this.#plan.weights[0];
    if (weight && !missing) checkWeight(reader.place(weight.name), cells.at(-1));
    if (!missing) this.#builder.add(cells);
    else if (drop) this.#dropped++;
    else refuse(reader.place(missing.name), "a value", `a missing one (missing: "drop" leaves such rows out)`);
  }
}

/** In the order of a row's cells. */
function columnsOf({ inputs, targets, weights }: Plan): readonly BuiltColumn[] {
  return [...inputs, ...targets, ...weights];
}

/** The names of the columns: blanks around them are nobody's. */
function readHeader(where: string, records: CsvRecords): readonly string[] {
  const names = Array.from({ length: records.count }, (_, i) =>
    records.isQuoted(i) ? records.text(i) : records.text(i).trim(),
  );
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined)
    refuse(where, "each name once", `${show(twice)} twice (columns are picked by name: rename one)`);
  return names;
}

function checkHeader(names: readonly string[], plan: Plan): void {
  const table = Object.fromEntries(names.map((name) => [name, true]));
  const columns = columnsOf(plan);
  const other = otherDelimiter(names, plan.delimiter);
  if (other !== undefined && !columns.every(({ name }) => Object.hasOwn(table, name))) {
    refuse(
      plan.name,
      `columns with ${show(plan.delimiter)} between them`,
      `${show(names[0])} (delimiter: ${show(other)}?)`,
    );
  }
  for (const { name, derive } of columns) {
    if (!derive) lookUp(plan.name, "a column", name, table);
    else if (names.includes(name)) refuse(`${plan.name}, derive`, "new column names", `${show(name)}, which is there`);
  }
  for (const name of plan.marked) lookUp(`${plan.name}, missingMarks`, "a column", name, table);
}

/** What seems to be between the columns of a header that has come out as a single name. */
function otherDelimiter(names: readonly string[], delimiter: string): string | undefined {
  return names.length === 1
    ? [";", "\t", "|", ","].find((of) => of !== delimiter && names[0]!.includes(of))
    : undefined;
}

function checkPlan(options: CsvOptions, defaultName: string): Plan {
  checkOptions("CSV options", options, knownOptions);
  const { inputs, targets, where, derive = {}, categorical = [], standardize = false } = options;
  const { sampleWeight } = options;
  const { missing = "refuse", missingMarks = defaultMarks, unknown = "refuse" } = options;
  const { delimiter = ",", name = defaultName, signal } = options;
  if (typeof name !== "string") refuse("name", "a name", show(name));
  if (where !== undefined && typeof where !== "function") refuse("where", "a function of a row", show(where));
  if (typeof delimiter !== "string" || delimiter.length !== 1 || '"\r\n\uFEFF'.includes(delimiter)) {
    refuse("delimiter", "one character, neither a quote nor a line ending", show(delimiter));
  }
  return {
    name,
    where,
    delimiter,
    drop: lookUp("missing", "a policy", missing, { refuse: false, drop: true }),
    ...checkColumns(
      checkPicked("inputs", inputs),
      checkPicked("targets", targets),
      checkDerive(derive),
      sampleWeight === undefined ? [] : checkPicked("sampleWeight", [sampleWeight]),
      categorical,
      standardize,
      lookUp("unknown", "a policy", unknown, { refuse: undefined, ignore: "ignore" as const }),
    ),
    ...checkMissingMarks(missingMarks),
    signal: checkSignal("signal", signal),
  };
}

function checkPicked(where: string, names: unknown): readonly string[] {
  const columns = checkNames(where, names);
  return columns.length > 0 ? columns : refuse(where, "at least one column", "none");
}

/** A copy: what was checked is what will be called. */
function checkDerive(given: Readonly<Record<string, Derive>>): ReadonlyMap<string, Derive> {
  checkOptions("derive", given, Object.keys(given ?? {}));
  return new Map(
    Object.entries(given).map(([column, of]) => {
      if (typeof of !== "function") refuse(`derive, column ${show(column)}`, "a function of a row", show(of));
      return [column, of];
    }),
  );
}

function checkColumns(
  inputs: readonly string[],
  targets: readonly string[],
  derive: ReadonlyMap<string, Derive>,
  weights: readonly string[],
  givenCategorical: unknown,
  givenStandardize: unknown,
  unknown: "ignore" | undefined,
): Pick<Plan, "inputs" | "targets" | "weights"> {
  const used = Object.fromEntries([...inputs, ...targets].map((column) => [column, column]));
  const categorical = new Set(
    checkNames("categorical", givenCategorical).map((column) => lookUp("categorical", "a column in use", column, used)),
  );
  const numeric = inputs.filter((column) => !categorical.has(column));
  const standardized = checkStandardize(givenStandardize, numeric);
  const toColumn = (name: string, isInput: boolean): BuiltColumn => ({
    name,
    derive: derive.get(name),
    categorical: categorical.has(name),
    standardize: isInput && standardized.includes(name),
    unknown: isInput ? unknown : undefined,
  });
  return {
    inputs: inputs.map((name) => toColumn(name, true)),
    targets: targets.map((name) => toColumn(name, false)),
    weights: weights.map((name) => ({ ...toColumn(name, false), categorical: false })),
  };
}

function checkStandardize(given: unknown, numeric: readonly string[]): readonly string[] {
  if (typeof given === "boolean") return given ? numeric : [];
  const table = Object.fromEntries(numeric.map((name) => [name, name]));
  return checkNames("standardize", given).map((name) => lookUp("standardize", "an input of numbers", name, table));
}

function checkMissingMarks(given: unknown): Pick<Plan, "marks" | "marked"> {
  const common = checkMarks("missingMarks", Array.isArray(given) ? given : defaultMarks);
  if (Array.isArray(given)) return { marks: () => common, marked: [] };
  checkOptions("missingMarks", given, Object.keys(given ?? {}));
  const own = new Map(
    Object.entries(given as object).map(([column, marks]) => [
      column,
      checkMarks(`missingMarks, column ${show(column)}`, marks),
    ]),
  );
  return { marks: (column) => own.get(column) ?? common, marked: [...own.keys()] };
}
