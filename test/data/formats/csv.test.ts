import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadCsv, parseCsv } from "../../../src/data/formats/csv.ts";
import type { CsvOptions } from "../../../src/data/formats/csv.ts";
import { Dataset } from "../../../src/data/dataset.ts";
import { InvalidInputError } from "../../../src/ground/errors.ts";
import { TableDataset } from "../../../src/data/table.ts";

/** Calls with anything, as a caller without types may. */
const parse = (text: unknown, options: unknown) => parseCsv(text as string, options as CsvOptions);
const ab = { inputs: ["a"], targets: ["b"] };
const crew = "name,age,sex,port,alive\nAnn,30,female,C,1\nBob,40,male,S,0\nCy,,male,Q,0\nDee,50,female,?,1\n";
const titanic = new URL("../../../src/cli/titanic/titanic.csv", import.meta.url);
const known: CsvOptions = {
  inputs: ["age", "male"],
  targets: ["survived"],
  where: (row) => row.split === "train" && row.age !== "",
  derive: { male: (row) => row.sex === "male" },
  standardize: ["age"],
};

const knownNames = [
  "inputs",
  "targets",
  "where",
  "derive",
  "categorical",
  "missing",
  "missingMarks",
  "unknown",
  "standardize",
  "delimiter",
  "signal",
  "name",
];

describe("parseCsv", () => {
  it("picks columns by name", async () => {
    const table = await parseCsv("a,skip,b\n1,x,2\n-3.5e1,y,.25\n", { inputs: ["b", "a"], targets: ["a"] });
    expect(table).toBeInstanceOf(TableDataset);
    expect(table).toBeInstanceOf(Dataset);
    expect(table.inputs).toEqual(new Float64Array([2, 1, 0.25, -35]));
    expect(table.targets).toEqual(new Float64Array([1, -35]));
    expect(table).toMatchObject({ count: 2, inputNames: ["b", "a"], targetNames: ["a"], dropped: 0 });
  });

  it("reads quoted cells with delimiters, line endings and quotes in them", async () => {
    const text = 'kind,b\n"one, ""two""\nthree",1\n"",2\n" plain ",3\n';
    const options = { inputs: ["kind"], targets: ["b"], categorical: ["kind"], missing: "drop" } as const;
    const table = await parseCsv(text, options);
    expect(table.inputNames).toEqual(["kind= plain ", 'kind=one, "two"\nthree']);
    expect(table.dropped).toBe(1);
  });

  it.each([
    ["a byte order mark", "\uFEFFa,b\n1,2\n3,4\n"],
    ["one before a quoted name", '\uFEFF"a","b"\n1,2\n3,4\n'],
    ["\\r\\n", "a,b\r\n1,2\r\n3,4\r\n"],
    ["\\r", "a,b\r1,2\r3,4"],
    ["mixed line endings", "a,b\n1,2\r\n3,4\r"],
    ["no last line ending", "a,b\n1,2\n3,4"],
    ["blank lines", "\na,b\n1,2\n\n  \n3,4\n\n\n"],
    ["spaces around numbers", "a,b\n 1,2\t\n3 , 4\n"],
  ])("is fine with %s", async (_, text) => {
    const table = await parseCsv(text, ab);
    expect([...table.inputs, ...table.targets]).toEqual([1, 3, 2, 4]);
  });

  it("takes another delimiter", async () => {
    expect((await parseCsv("a;b\n1;2\n", { ...ab, delimiter: ";" })).inputs).toEqual(new Float64Array([1]));
    expect((await parseCsv("a\tb\n1\t2\n", { ...ab, delimiter: "\t" })).inputs).toEqual(new Float64Array([1]));
  });

  it("takes the rows that `where` asks for, and derives columns", async () => {
    const table = await parseCsv(crew, {
      inputs: ["decades", "old"],
      targets: ["alive"],
      where: ({ name }) => name !== "Cy",
      derive: { decades: (row) => Number(row.age) / 10, old: (row) => Number(row.age) > 35 },
    });
    expect(table.inputs).toEqual(new Float64Array([3, 0, 4, 1, 5, 1]));
    expect(table.dropped).toBe(0);
  });

  it("makes categories one-hot, sorted by code unit, as inputs and as targets", async () => {
    const table = await parseCsv("x,kind\n1,b\n2,B\n3,a\n", {
      inputs: ["x", "kind"],
      targets: ["kind"],
      categorical: ["kind"],
    });
    expect(table.inputNames).toEqual(["x", "kind=B", "kind=a", "kind=b"]);
    expect(table.inputs).toEqual(new Float64Array([1, 0, 0, 1, 2, 1, 0, 0, 3, 0, 1, 0]));
    expect(table.targetNames).toEqual(["kind=B", "kind=a", "kind=b"]);
    expect(table.targets).toEqual(new Float64Array([0, 0, 1, 1, 0, 0, 0, 1, 0]));
  });

  it("makes categories of a derived column", async () => {
    const derive = { old: (row: Record<string, string>) => Number(row.a) > 2 };
    const table = await parseCsv("a,b\n1,2\n3,4\n", { inputs: ["old"], targets: ["b"], derive, categorical: ["old"] });
    expect(table.inputNames).toEqual(["old=false", "old=true"]);
    expect(table.inputs).toEqual(new Float64Array([1, 0, 0, 1]));
  });

  it("drops rows with a missing value in a column in use, and counts them", async () => {
    const options = { targets: ["alive"], categorical: ["port"], missing: "drop" } as const;
    const byAge = await parseCsv(crew, { ...options, inputs: ["age"], categorical: [] });
    expect(byAge).toMatchObject({ count: 3, dropped: 1 });
    const byPort = await parseCsv(crew, { ...options, inputs: ["age", "port"] });
    expect(byPort).toMatchObject({ count: 2, dropped: 2, inputNames: ["age", "port=C", "port=S"] });
    for (const text of ["", " ", "NA", "NaN", "null", "?"]) {
      expect((await parseCsv(`a,b\n${text},1\n2,3\n`, { ...ab, missing: "drop" })).dropped).toBe(1);
    }
  });

  it("takes NaN as missing where a derive function read a missing cell, and only there", async () => {
    const half = {
      inputs: ["half"],
      targets: ["alive"],
      derive: { half: (row: Record<string, string>) => Number.parseFloat(row.age!) / 2 },
    };
    expect(await parseCsv(crew, { ...half, missing: "drop" })).toMatchObject({ count: 3, dropped: 1 });
    await expect(parseCsv(crew, half)).rejects.toThrow(
      'CSV, row 4, column "half": expected a value, got a missing one',
    );
    // Another function has read the missing age of the same row, which excuses nothing.
    const broken: CsvOptions = {
      inputs: ["known", "broken"],
      targets: ["alive"],
      where: (row) => row.name === "Cy",
      derive: { known: (row) => row.age !== "", broken: (row) => Number(row.name) },
      missing: "drop",
    };
    await expect(parseCsv(crew, broken)).rejects.toThrow(
      'CSV, row 4, column "broken", derived: expected a finite number, got NaN',
    );
  });

  const marks = ["NA", "N/A", "n/a", "#N/A", "#NA", "<NA>", "NaN", "nan", "None", "NULL", "Null", "null", "?"];

  it("takes one list of marks for missing values, in numbers and in categories alike", async () => {
    for (const mark of ["", " ", ...marks, ...marks.map((text) => ` ${text} `)]) {
      const text = `land,x\n${mark},1\nMali,${mark}\nMali,2\n`;
      const options = { inputs: ["land"], targets: ["x"], categorical: ["land"] };
      const table = await parseCsv(text, { ...options, missing: "drop" });
      expect(table, mark).toMatchObject({ count: 1, dropped: 2, inputNames: ["land=Mali"] });
      await expect(parseCsv(text, options), mark).rejects.toThrow('CSV, row 2, column "land": expected a value');
    }
  });

  it("takes what is in quotes for text, whatever it says", async () => {
    const options = { inputs: ["land"], targets: ["x"], categorical: ["land"] };
    for (const mark of marks) {
      const table = await parseCsv(`land,x\n"${mark}",1\nMali,2\n`, options);
      expect(table.count, mark).toBe(2);
      expect(table.inputNames, mark).toContain(`land=${mark}`);
      // A record that names a category of the table means it.
      expect([...table.encode({ land: mark })]).toEqual([...table.inputs.subarray(0, 2)]);
      await expect(parseCsv(`land,x\nMali,"${mark}"\n`, options), mark).rejects.toThrow(
        `column "x": expected a number, got "${mark}" in quotes, which is text and marks nothing`,
      );
    }
    expect((await parseCsv('land,x\n"Mali","1"\n', options)).targets).toEqual(new Float64Array([1]));
  });

  it("lets functions keep a row, and read what is missing in it", async () => {
    const rows: Record<string, string>[] = [];
    const table = await parseCsv('a,b\n1,x\n2,NA\n3,"NA"\n', {
      inputs: ["before"],
      targets: ["a"],
      where: (row) => rows.push(row) > 0,
      derive: { before: () => Number(rows.at(-2)?.a ?? 0) },
    });
    expect([...table.inputs]).toEqual([0, 1, 2]);
    expect(rows).toEqual([{ a: "1", b: "x" }, { a: "2", b: "NA" }, { a: "3", b: "NA" }]); // prettier-ignore
    const half = {
      inputs: ["half"],
      targets: ["a"],
      derive: { half: (row: Record<string, string>) => Number(row.b) / 2 },
    };
    await expect(parseCsv("a,b\n1,NA\n", half)).rejects.toThrow("expected a value, got a missing one");
    await expect(parseCsv('a,b\n1,"NA"\n', half)).rejects.toThrow("derived: expected a finite number, got NaN");
  });

  it("takes other marks, for all columns or by column", async () => {
    const text = "land,x\nNA,-999\n-,1\nMali,2\n";
    const options = { inputs: ["land"], targets: ["x"], categorical: ["land"], missing: "drop" } as const;
    const of = async (missingMarks: CsvOptions["missingMarks"]) => {
      const { count, inputNames } = await parseCsv(text, { ...options, missingMarks: missingMarks! });
      return [count, ...inputNames.map((name) => name.slice("land=".length))];
    };
    expect(await of(undefined)).toEqual([2, "-", "Mali"]);
    expect(await of([])).toEqual([3, "-", "Mali", "NA"]);
    expect(await of(["-"])).toEqual([2, "Mali", "NA"]);
    expect(await of({ land: [] })).toEqual([3, "-", "Mali", "NA"]);
    expect(await of({ x: ["-999"] })).toEqual([2, "-", "Mali"]);
    expect(await of({ x: ["-999"], land: ["-"] })).toEqual([1, "Mali"]);
    await expect(of({ lnad: [] })).rejects.toThrow('missingMarks: expected a column: one of land, x, got "lnad"');
    for (const wrong of ["NA", null, [1], { land: "NA" }, { land: null }]) {
      await expect(of(wrong as never), JSON.stringify(wrong)).rejects.toThrow(InvalidInputError);
    }
  });

  it("makes no categories and no columns of the blanks around a text", async () => {
    const options = { inputs: ["sex"], targets: ["age"], categorical: ["sex"] };
    const text = ' sex ,age , "other"\nmale,1,\n male,2,\nmale\t,3,\n" male",4,\n';
    const table = await parseCsv(text, options);
    expect(table.inputNames).toEqual(["sex= male", "sex=male"]);
    expect([...table.inputs]).toEqual([0, 1, 0, 1, 0, 1, 1, 0]);
    expect([...table.encode([{ sex: " male " }, { sex: " male" }])]).toEqual([0, 1, 1, 0]);
    await expect(parseCsv("sex, sex,age\nmale,male,1\n", options)).rejects.toThrow('each name once, got "sex" twice');
  });

  it("standardizes all columns of numbers, or those named", async () => {
    const options = { inputs: ["age", "sex"], targets: ["alive"], categorical: ["sex"], missing: "drop" } as const;
    expect((await parseCsv(crew, { ...options, standardize: true })).standardize).toEqual([true, false, false]);
    expect((await parseCsv(crew, { ...options, standardize: ["age"] })).standardize).toEqual([true, false, false]);
    expect((await parseCsv(crew, options)).standardization()).toBeUndefined();
    await expect(parseCsv(crew, { ...options, standardize: ["sex"] })).rejects.toThrow(
      'standardize: expected an input of numbers: one of age, got "sex"',
    );
  });

  it("has no trouble with names that objects have", async () => {
    const table = await parseCsv("__proto__,constructor\n__proto__,1\ntoString,2\n", {
      inputs: ["__proto__"],
      targets: ["constructor"],
      categorical: ["__proto__"],
    });
    expect(table.inputNames).toEqual(["__proto__=__proto__", "__proto__=toString"]);
    expect(table.inputs).toEqual(new Float64Array([1, 0, 0, 1]));
  });

  it.each<[string, unknown, unknown, string]>([
    ["what is not text", 7, ab, "parseCsv: expected text, got 7"],
    ["no text", "", ab, "CSV: expected a header row, got none"],
    ["blank lines only", "\n \n", ab, "CSV: expected a header row, got none"],
    ["no rows", "a,b\n", ab, "CSV: expected at least one row, got none of 0 (0 dropped)"],
    ["no rows left", "a,b\n,2\n", { ...ab, missing: "drop" }, "got none of 1 (1 dropped)"],
    ["a name twice", "a,b,a\n1,2,3\n", ab, 'CSV, row 1, header: expected each name once, got "a" twice'],
    ["too few cells", "a,b\n1,2\n\n3\n", ab, "CSV, row 4: expected 2 cells, as in the header, got 1"],
    [
      "too many cells",
      "a,b\n1,2,3\n",
      { ...ab, name: "my.csv" },
      "my.csv, row 2: expected 2 cells, as in the header, got 3",
    ],
    ["a quote that does not end", 'a,b\n1,2\n3,"4\n5,6\n', ab, "CSV, row 3: expected well-formed quotes"],
    ["text after a quote", 'a,b,c\n1,2,"x\ny"\n3,4,"x"y\n', ab, "CSV, row 4: expected well-formed quotes"],
    ["text for a number", 'a,b,c\n1,2,"x\ny"\nabc,4,z\n', ab, 'CSV, row 4, column "a": expected a number, got "abc"'],
    ["a missing value", "a,b\n1,2\n,4\n", ab, 'CSV, row 3, column "a": expected a value, got a missing one'],
    ["a missing category", "a,b\nNA,2\n", { ...ab, categorical: ["a"] }, "got a missing one"],
    ["a column that is not there", crew, { inputs: ["aeg"], targets: ["alive"] }, '"aeg" (did you mean "age"?)'],
    ["a target that is not there", crew, { inputs: ["age"], targets: ["live"] }, '(did you mean "alive"?)'],
    [
      "a column misspelt in where",
      crew,
      { ...ab, inputs: ["age"], targets: ["alive"], where: (row: any) => row.sx === "male" },
      'CSV, row 2, column "sx": expected a value, got none (did you mean "sex"?)',
    ],
    [
      "where without an answer",
      "a,b\n1,2\n",
      { ...ab, where: () => undefined },
      "CSV, row 2, where: expected true or false",
    ],
    [
      "a derived column that is there",
      "a,b\n1,2\n",
      { ...ab, derive: { a: () => 1 } },
      'derive: expected new column names, got "a"',
    ],
    [
      "text derived",
      "a,b\n1,2\n",
      { ...ab, inputs: ["c"], derive: { c: () => "1" } },
      'column "c", derived: expected a finite number',
    ],
    ["no options", "a,b\n1,2\n", undefined, "CSV options: expected an object of options"],
    ["an unknown option", "a,b\n1,2\n", { ...ab, input: [] }, 'did you mean "inputs"?'],
    ["no inputs", "a,b\n1,2\n", { targets: ["b"] }, "inputs: expected an array of names, got undefined"],
    ["empty inputs", "a,b\n1,2\n", { ...ab, inputs: [] }, "inputs: expected at least one column, got none"],
    ["an input twice", "a,b\n1,2\n", { ...ab, inputs: ["a", "a"] }, "inputs: expected each name once"],
    ["targets that are no names", "a,b\n1,2\n", { ...ab, targets: [1] }, "targets: expected names that are strings"],
    ["a categorical column not in use", crew, { ...ab, categorical: ["sex"] }, "categorical: expected a column in use"],
    [
      "derive that is no object",
      "a,b\n1,2\n",
      { ...ab, derive: null },
      "derive: expected an object of options, got null",
    ],
    [
      "a derived column that is no function",
      "a,b\n1,2\n",
      { ...ab, derive: { c: 1 } },
      'derive, column "c": expected a function',
    ],
    ["where that is no function", "a,b\n1,2\n", { ...ab, where: "a" }, "where: expected a function of a row"],
    ["another policy", "a,b\n1,2\n", { ...ab, missing: "skip" }, "missing: expected a policy: one of refuse, drop"],
    ["semicolons", "a;b\n1;2\n", ab, 'CSV: expected columns with "," between them, got "a;b" (delimiter: ";"?)'],
    ["tabs", "a\tb\n1\t2\n", ab, '(delimiter: "\\t"?)'],
    ["commas where others were asked for", "a,b\n1,2\n", { ...ab, delimiter: ";" }, '(delimiter: ","?)'],
    ["another policy for what is unknown", "a,b\n1,2\n", { ...ab, unknown: "zero" }, "unknown: expected a policy"],
    ["a signal that is none", "a,b\n1,2\n", { ...ab, signal: {} }, "signal: expected an AbortSignal"],
    ...knownNames.map((name): [string, unknown, unknown, string] => [
      `null for ${name}`,
      "a,b\n1,2\n",
      { ...ab, [name]: null },
      "got null",
    ]),
    ["a long delimiter", "a,b\n1,2\n", { ...ab, delimiter: "||" }, "delimiter: expected one character"],
    ["a quote as delimiter", "a,b\n1,2\n", { ...ab, delimiter: '"' }, "delimiter: expected one character"],
    ["a name that is none", "a,b\n1,2\n", { ...ab, name: 1 }, "name: expected a name, got 1"],
  ])("refuses %s", async (_, text, options, message) => {
    const result = parse(text, options);
    await expect(result).rejects.toThrow(InvalidInputError);
    await expect(result).rejects.toThrow(message);
  });

  it.each(["0x10", "1_000", "Infinity", "-Infinity", "1e999", "1,5", "1 2", "--1", ".", "e5", "true", "1n", "١"])(
    "does not take %s for a number",
    async (text) => {
      await expect(parseCsv(`a,b\n"${text}",1\n`, ab)).rejects.toThrow(
        `expected a number, got ${JSON.stringify(text)}`,
      );
    },
  );

  it("looks at long text that is almost a number in linear time", async () => {
    await expect(parseCsv(`a,b\n${"1".repeat(1e6)}x,1\n`, ab)).rejects.toThrow("expected a number");
  });

  it("takes the weights of rows from a column, or derives them", async () => {
    const options: CsvOptions = { ...ab, sampleWeight: "w", missing: "drop" };
    const table = await parseCsv("a,w,b\n1,2,3\n4,,6\n7,0.5,9\n", options);
    expect(table).toMatchObject({ count: 2, dropped: 1, inputNames: ["a"], targetNames: ["b"] });
    expect([...table.inputs, ...table.targets, ...table.weights!]).toEqual([1, 7, 3, 9, 2, 0.5]);
    expect(table.select([1]).weights).toEqual(Float64Array.of(0.5));
    const derived = await parseCsv("a,b\n1,3\n4,6\n", { ...options, derive: { w: (row) => Number(row.b) / 3 } });
    expect(derived.weights).toEqual(Float64Array.of(1, 2));
    await expect(parseCsv("a,b,w\n1,3,-1\n", options)).rejects.toThrow('row 2, column "w": expected a finite number, at least 0'); // prettier-ignore
    await expect(parseCsv("a,b,w\n1,3,0\n", options)).rejects.toThrow("CSV: sampleWeight: expected at least one row");
    await expect(parseCsv("a,b,W\n1,3,1\n", options)).rejects.toThrow('expected a column: one of a, b, W, got "w"');
  });

  it("takes categories that it does not know for none of those it knows, where it is told to", async () => {
    const options: CsvOptions = { inputs: ["a"], targets: ["b"], categorical: ["a", "b"], unknown: "ignore" };
    const table = await parseCsv("a,b\nx,1\ny,2\n", options);
    expect(table.encode([{ a: "y" }, { a: "z" }])).toEqual(new Float64Array([0, 1, 0, 0]));
    expect(table.schema.inputs[0]).toEqual({ kind: "category", name: "a", categories: ["x", "y"], unknown: "ignore" });
    expect(table.schema.targets[0]).not.toHaveProperty("unknown");
  });

  it("stops within a slice of work when the signal is aborted, also by one of another kind", async () => {
    const long = `a,b\n${"1,0\n".repeat(500_000)}`;
    const controller = new AbortController();
    const result = parseCsv(long, { ...ab, signal: controller.signal });
    setTimeout(() => controller.abort(new Error("enough")), 5);
    await expect(result).rejects.toThrow("enough");
    await expect(parseCsv(long, { ...ab, signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow("before");
  });

  it("gives its host turns while it reads", async () => {
    let turns = 0;
    const count = () => void (turns++, (timer = setImmediate(count)));
    let timer = setImmediate(count);
    const table = await parseCsv(`a,b\n${"1,0\n".repeat(300_000)}`, ab);
    clearImmediate(timer);
    expect(table.count).toBe(300_000);
    expect(turns).toBeGreaterThan(3);
  });

  it("lets errors of the caller's functions through", async () => {
    const where = () => {
      throw new TypeError("mine");
    };
    await expect(parseCsv("a,b\n1,2\n", { ...ab, where })).rejects.toThrow(new TypeError("mine"));
  });

  it("reads back any cells that were quoted", async () => {
    const anyText = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('"', ",", "\n", " ", ";", "a", "é") }));
    const filled = anyText.filter((text) => !["", ...marks].includes(text.trim()) && !text.includes("\r"));
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    const written = fc.record({
      rows: fc.array(fc.tuple(filled, finite), { minLength: 1, maxLength: 8 }),
      ending: fc.constantFrom("\n", "\r\n"),
      delimiter: fc.constantFrom(",", ";", "\t"),
    });
    await fc.assert(
      fc.asyncProperty(written, async ({ rows, ending, delimiter }) => {
        const lines = [["kind", "x"], ...rows].map((cells) => cells.map(quote).join(delimiter));
        const table = await parseCsv(lines.join(ending), {
          inputs: ["kind"],
          targets: ["x"],
          categorical: ["kind"],
          delimiter,
        });
        expect([...table.targets]).toEqual(rows.map(([, x]) => Number(String(x))));
        const width = table.inputWidth;
        const kinds = rows.map(
          (_, i) => table.inputNames[table.inputs.subarray(i * width, (i + 1) * width).indexOf(1)],
        );
        expect(kinds).toEqual(rows.map(([kind]) => `kind=${kind}`));
      }),
      { seed: 30, numRuns: 500 },
    );
  });

  it("answers rubbish with an InvalidInputError or a valid data set", async () => {
    const characters = fc.constantFrom("a", "b", ",", "\n", '"', "1", "2", ".", " ", "\r", "?", "-", "\uFEFF");
    const anyText = fc.oneof(
      fc.string({ unit: characters, maxLength: 40 }).map((body) => `a,b\n1,2\n${body}`),
      fc.string({ unit: characters, maxLength: 40 }),
      fc.string({ unit: "binary" }),
      fc.anything({ withBigInt: true }),
    );
    const names = fc.oneof(fc.subarray(["a", "b", "c"]), fc.anything());
    const anyOptions = fc.record(
      {
        inputs: fc.oneof(fc.constant(["a"]), names),
        targets: fc.oneof(fc.constant(["b"]), names),
        categorical: names,
        missing: fc.oneof(fc.constantFrom("drop", "refuse"), fc.anything()),
        standardize: fc.oneof(fc.boolean(), names),
        delimiter: fc.oneof(fc.constantFrom(",", ".", " "), fc.anything()),
        derive: fc.oneof(fc.constant({ c: (row: Record<string, string>) => Number(row.a) }), fc.anything()),
        where: fc.anything(),
        name: fc.string(),
      },
      { requiredKeys: ["inputs", "targets"] },
    );
    await fc.assert(
      fc.asyncProperty(anyText, fc.oneof(fc.constant(ab), anyOptions, fc.anything()), async (text, options) => {
        let table: TableDataset;
        try {
          table = await parse(text, options);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInputError);
          return;
        }
        expect(table.count).toBeGreaterThan(0);
        expect(table.inputs.length).toBe(table.count * table.inputWidth);
        expect([...table.inputs, ...table.targets].every(Number.isFinite)).toBe(true);
      }),
      { seed: 31, numRuns: 3000 },
    );
  });
});

describe("encode", () => {
  const options: CsvOptions = {
    inputs: ["age", "sex", "old"],
    targets: ["alive"],
    categorical: ["sex"],
    derive: { old: (row) => Number(row.age) > 35 },
    missing: "drop",
    standardize: true,
  };

  it("gives the rows of the table again for the table's own records", async () => {
    const table = await parseCsv(crew, options);
    const records = [
      { age: "30", sex: "female" },
      { age: 40, sex: "male", name: "Bob" },
      { age: 50, sex: "female", name: null as never },
    ];
    expect(table.encode(records)).toEqual(table.inputs);
    expect(table.encode({ age: 36, sex: "male" })).toEqual(new Float64Array([36, 0, 1, 1]));
  });

  it("works alike on selections and parts, with the categories of the whole table", async () => {
    const table = await parseCsv(crew, options);
    const { train, test } = table.split({ test: 0.34, seed: 1 });
    for (const part of [train, test, table.select([0])]) {
      expect(part).toBeInstanceOf(TableDataset);
      expect(part.dropped).toBe(1);
      expect(part.encode({ age: 1, sex: "male" })).toEqual(new Float64Array([1, 0, 1, 0]));
    }
  });

  it("takes numbers for categories, and booleans for numbers and categories", async () => {
    const table = await parseCsv("a,kind,flag\n1,1,true\n0,2,false\n", {
      inputs: ["a", "kind", "flag"],
      targets: ["a"],
      categorical: ["kind", "flag"],
    });
    expect(table.encode({ a: true, kind: 2, flag: true })).toEqual(new Float64Array([1, 0, 1, 0, 1]));
  });

  it.each<[unknown, string]>([
    [
      { age: 1, sex: "mail" },
      'record 1, column "sex": expected a category: one of female, male, got "mail" (did you mean "male"?)',
    ],
    [[{ age: 1, sex: "male" }, { sex: "male" }], 'record 2, column "age": expected a value, got none'],
    [{ age: "", sex: "male" }, 'record 1, column "age": expected a value, got a missing one'],
    [{ age: NaN, sex: "male" }, "got a missing one"],
    [{ age: Infinity, sex: "male" }, 'expected a number, got "Infinity"'],
    [{ age: null, sex: "male" }, "expected a value, got none"],
    [{ aeg: 1, sex: "male" }, '(did you mean "aeg"?)'],
    [[], "encode: expected at least one record, got none"],
    [null, "record 1: expected an object of column values, got null"],
    [Object.assign([], { length: 2 }), "record 1: expected an object of column values, got undefined"],
    [[30, "male"], "record 1: expected an object of column values, got 30"],
  ])("refuses %j", async (records, message) => {
    const table = await parseCsv(crew, options);
    expect(() => table.encode(records as never)).toThrow(InvalidInputError);
    expect(() => table.encode(records as never)).toThrow(message);
  });
});

describe("loadCsv", () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "lanegrad-csv-"))));
  afterAll(() => rm(folder, { recursive: true }));

  it("reads the passengers of the Titanic", async () => {
    const table = await loadCsv(titanic, known);
    expect(table).toMatchObject({ count: 714, inputWidth: 2, targetWidth: 1, dropped: 0, inputNames: ["age", "male"] });
    expect(sum(table.targets)).toBe(290);
    const { mean, std } = table.standardization()!;
    expect(mean[0]).toBeCloseTo(29.69911764705882, 12);
    expect(std[0]).toBeCloseTo(14.516321150817316, 12);
    expect([mean[1], std[1]]).toEqual([0, 1]);

    const everyone = await loadCsv(titanic, { ...known, where: (row) => row.split === "train", missing: "drop" });
    expect(everyone).toMatchObject({ count: 714, dropped: 177 });
  });

  it("keeps the share of survivors in both parts of a stratified split", async () => {
    const { train, test } = (await loadCsv(titanic, known)).split({ test: 0.2, seed: 7, stratify: true });
    const survivors = [train, test].map((part) => sum(part.targets));
    expect([train.count, test.count]).toEqual([571, 143]);
    expect(survivors).toEqual([232, 58]);
  });

  it("reads paths, file: URLs and http: URLs, and names the file in errors", async () => {
    const path = join(folder, "ages.csv");
    await writeFile(path, "a,b\nx,2\n");
    const message = 'ages.csv, row 2, column "a": expected a number, got "x" (categorical: ["a"] takes text)';
    await expect(loadCsv(path, ab)).rejects.toThrow(new InvalidInputError(message));
    await expect(loadCsv(`file://${path}`, ab)).rejects.toThrow(new InvalidInputError(message));
    await expect(loadCsv(path, { ...ab, name: "ages" })).rejects.toThrow(/^ages, row 2/);

    const server = createServer((request, response) => {
      response.writeHead(request.url === "/ages.csv" ? 200 : 404).end("a,b\n1,2\n");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      expect((await loadCsv(`${base}/ages.csv`, ab)).count).toBe(1);
      expect((await loadCsv(new URL("ages.csv", base), ab)).count).toBe(1);
      await expect(loadCsv(`${base}/none.csv`, ab)).rejects.toThrow(
        /none\.csv: expected a readable file.*HTTP status 404/,
      );
    } finally {
      server.close();
    }
  });

  it("does not wait for a slow source once it is told to stop", async () => {
    const server = createServer((_, response) => void response.writeHead(200).write("a,b\n1,2\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slow.csv`;
    try {
      const controller = new AbortController();
      const result = loadCsv(address, { ...ab, signal: controller.signal });
      setTimeout(() => controller.abort(new Error("enough")), 20);
      await expect(result).rejects.toThrow("enough");
      await expect(loadCsv(address, { ...ab, signal: controller.signal })).rejects.toThrow("enough");
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it("reads a file in pieces, and stops between them when it is told to", async () => {
    const path = join(folder, "long.csv");
    await writeFile(path, `a,b\n${"12.5,0\n".repeat(100_000)}`);
    const table = await loadCsv(path, ab);
    expect(table.count).toBe(100_000);
    expect(new Set(table.inputs)).toEqual(new Set([12.5]));
    const controller = new AbortController();
    let rows = 0;
    const where = () => {
      if (++rows === 1000) controller.abort(new Error("enough"));
      return true;
    };
    await expect(loadCsv(path, { ...ab, where, signal: controller.signal })).rejects.toThrow("enough");
    expect(rows).toBeLessThan(100_000);
  });

  it("refuses files that cannot be read", async () => {
    await expect(loadCsv(join(folder, "none.csv"), ab)).rejects.toThrow(InvalidInputError);
    await expect(loadCsv(join(folder, "none.csv"), ab)).rejects.toThrow(/none\.csv: expected a readable file.*ENOENT/);
    await expect(loadCsv("http://", ab)).rejects.toThrow(InvalidInputError);
    await expect(loadCsv(7 as never, ab)).rejects.toThrow("loadCsv: expected a path or a URL, got 7");
    await writeFile(join(folder, "latin1.csv"), Buffer.from("a,b\ncaf\xe9,1\n", "latin1"));
    await expect(loadCsv(join(folder, "latin1.csv"), ab)).rejects.toThrow(
      /latin1\.csv: expected a readable file in UTF-8/,
    );
  });
});

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, value) => total + value, 0);
}

function quote(cell: string | number): string {
  const text = String(cell);
  return /[",;\t\r\n]/.test(text) || text.startsWith(" ") || text.endsWith(" ")
    ? `"${text.replaceAll('"', '""')}"`
    : text;
}
