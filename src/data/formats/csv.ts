/**
 * CSV text as a data set: header and records by papaparse, columns picked, derived and encoded by `table.ts`.
 * papaparse is imported when the first table is read, so that a program without tables does not pay for it.
 */
import { checkOptions, lookUp, refuse, show } from "../../ground/errors.ts";
import { fileNameOf, openSource, readText } from "../../ground/source.ts";
import { checkNames, checkRows } from "../rows.ts";
import { Encoding, RowReader, TableDataset } from "../table.ts";
import type { Cell, Column, Derive, TableRow } from "../table.ts";

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
  /**
   * What to do with a row that has no value in a column in use (an empty cell, NA, NaN, null or ?): refuse the table
   * (unless given) or drop the row.
   */
  missing?: "refuse" | "drop";
  /** Which input columns a network is to standardize: none (unless given), those named, or all but categories. */
  standardize?: boolean | readonly string[];
  /** The character between cells; a comma unless given. */
  delimiter?: string;
  /** What errors call the table; the name of the file, or CSV, unless given. */
  name?: string;
}

/** The options, checked. */
interface Plan {
  readonly name: string;
  readonly inputs: readonly Column[];
  readonly targets: readonly Column[];
  readonly standardize: readonly string[];
  readonly where: ((row: TableRow) => boolean) | undefined;
  readonly drop: boolean;
  readonly delimiter: string;
}

interface TextRecord {
  /** The line of the text where the record starts, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

const knownOptions = [
  "inputs",
  "targets",
  "where",
  "derive",
  "categorical",
  "missing",
  "standardize",
  "delimiter",
  "name",
];

/**
 * Reads a CSV file in UTF-8 with a header row: a path or a file: URL in Node, Deno and Bun, any other URL anywhere, in a
 * page a relative one too.
 * @throws InvalidInputError if the file cannot be read, and for all that `parseCsv` refuses.
 */
export async function loadCsv(source: string | URL, options: CsvOptions): Promise<TableDataset> {
  const plan = checkPlan(options, fileNameOf(source));
  return readTable(await readText(await openSource("loadCsv", source)), plan);
}

/**
 * Reads CSV text with a header row. Errors name a row by the line where it starts; the header is row 1. Line endings
 * may be \n, \r\n or \r, and read as \n inside quotes. Blank lines are passed over.
 * @throws InvalidInputError for malformed quotes, a header with a name twice, rows with too many or too few cells,
 *   columns that are not there, cells that are not numbers, no rows left, and options that are unknown or wrong.
 */
export async function parseCsv(text: string, options: CsvOptions): Promise<TableDataset> {
  if (typeof text !== "string") refuse("parseCsv", "text", show(text));
  return readTable(text, checkPlan(options, "CSV"));
}

async function readTable(text: string, plan: Plan): Promise<TableDataset> {
  const [header, ...records] = await parseRecords(text, plan);
  if (!header) refuse(plan.name, "a header row", "none");
  checkHeader(header, records, plan);

  const names = new Map(header.cells.map((name, at) => [name, at]));
  const columns = [...plan.inputs, ...plan.targets];
  const inputs: Cell[][] = [];
  const targets: Cell[][] = [];
  let dropped = 0;
  for (const { line, cells } of records) {
    const where = `${plan.name}, row ${line}`;
    const reader = new RowReader(where, names, cells);
    const wanted: unknown = plan.where ? plan.where(reader.row) : true;
    if (typeof wanted !== "boolean") refuse(`${where}, where`, "true or false", show(wanted));
    if (!wanted) continue;
    const row = reader.read(columns);
    if (Array.isArray(row)) {
      inputs.push(row.slice(0, plan.inputs.length));
      targets.push(row.slice(plan.inputs.length));
    } else if (plan.drop) dropped++;
    else refuse(reader.place(row.name), "a value", `a missing one (missing: "drop" leaves such rows out)`);
  }
  if (inputs.length === 0) refuse(plan.name, "at least one row", `none of ${records.length} (${dropped} dropped)`);
  return encodeTable(inputs, targets, dropped, plan);
}

function encodeTable(inputCells: Cell[][], targetCells: Cell[][], dropped: number, plan: Plan): TableDataset {
  const inputs = new Encoding(plan.inputs, inputCells);
  const targets = new Encoding(plan.targets, targetCells);
  const place = (_: number, column: string) => `${plan.name}, column ${show(column)}`;
  const rows = checkRows({
    inputs: inputs.encode(inputCells, place),
    inputWidth: inputs.names.length,
    inputNames: inputs.names,
    targets: targets.encode(targetCells, place),
    targetWidth: targets.names.length,
    targetNames: targets.names,
    standardize: plan.standardize,
  });
  const asked = new Set(plan.standardize);
  const columns = inputs.schema.map((column) =>
    column.kind === "number" && asked.has(column.name!) ? { ...column, standardize: true } : column,
  );
  return new TableDataset({ ...rows, schema: { inputs: columns, targets: targets.schema } }, inputs, dropped);
}

async function parseRecords(text: string, { name, delimiter }: Plan): Promise<TextRecord[]> {
  const { default: papa } = await import("papaparse");
  // One line ending throughout: papaparse would guess one from the first megabyte and leave the others in the cells.
  const lines = text.replace(/\r\n?/g, "\n");
  const { data, errors } = papa.parse<string[]>(lines, { delimiter, newline: "\n" });
  let line = 1;
  const records = data.map((cells) => {
    const record = { line, cells };
    line += cells.reduce((sum, cell) => sum + cell.split("\n").length - 1, 1);
    return record;
  });
  const [malformed] = errors;
  if (malformed) {
    refuse(`${name}, row ${records[malformed.row!]!.line}`, "well-formed quotes", `"${malformed.message}"`);
  }
  return records.filter(({ cells }) => cells.length > 1 || cells[0]!.trim() !== "");
}

function checkHeader(header: TextRecord, records: readonly TextRecord[], plan: Plan): void {
  const names = checkNames(`${plan.name}, row ${header.line}, header`, header.cells);
  const table = Object.fromEntries(names.map((name) => [name, true]));
  for (const { name, derive } of [...plan.inputs, ...plan.targets]) {
    if (!derive) lookUp(plan.name, "a column", name, table);
    else if (names.includes(name)) refuse(`${plan.name}, derive`, "new column names", `${show(name)}, which is there`);
  }
  for (const { line, cells } of records) {
    if (cells.length === names.length) continue;
    refuse(`${plan.name}, row ${line}`, `${names.length} cells, as in the header`, String(cells.length));
  }
}

function checkPlan(options: CsvOptions, defaultName: string): Plan {
  checkOptions("CSV options", options, knownOptions);
  const { where, derive = {}, missing = "refuse", delimiter = ",", name = defaultName } = options;
  if (typeof name !== "string") refuse("name", "a name", show(name));
  if (where !== undefined && typeof where !== "function") refuse("where", "a function of a row", show(where));
  if (typeof delimiter !== "string" || delimiter.length !== 1 || '"\r\n\uFEFF'.includes(delimiter)) {
    refuse("delimiter", "one character, neither a quote nor a line ending", show(delimiter));
  }
  checkOptions("derive", derive, Object.keys(derive ?? {}));
  for (const [column, of] of Object.entries(derive)) {
    if (typeof of !== "function") refuse(`derive, column ${show(column)}`, "a function of a row", show(of));
  }

  const inputNames = checkColumns("inputs", options.inputs);
  const targetNames = checkColumns("targets", options.targets);
  const used = Object.fromEntries([...inputNames, ...targetNames].map((column) => [column, column]));
  const categorical = new Set(
    checkNames("categorical", options.categorical ?? []).map((column) =>
      lookUp("categorical", "a column in use", column, used),
    ),
  );
  const toColumn = (column: string): Column => ({
    name: column,
    derive: Object.hasOwn(derive, column) ? derive[column] : undefined,
    categorical: categorical.has(column),
  });
  const numeric = inputNames.filter((column) => !categorical.has(column));
  return {
    name,
    inputs: inputNames.map(toColumn),
    targets: targetNames.map(toColumn),
    standardize: checkStandardize(options.standardize ?? false, numeric),
    where,
    drop: lookUp("missing", "a policy", missing, { refuse: false, drop: true }),
    delimiter,
  };
}

function checkColumns(where: string, names: unknown): readonly string[] {
  const columns = checkNames(where, names);
  return columns.length > 0 ? columns : refuse(where, "at least one column", "none");
}

function checkStandardize(given: unknown, numeric: readonly string[]): readonly string[] {
  if (typeof given === "boolean") return given ? numeric : [];
  const table = Object.fromEntries(numeric.map((name) => [name, name]));
  return checkNames("standardize", given).map((name) => lookUp("standardize", "an input of numbers", name, table));
}
