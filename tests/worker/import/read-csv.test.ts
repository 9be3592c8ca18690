import { describe, expect, test } from "vitest";
import { kinds } from "../../../worker/import/kinds.ts";
import { UnreadableFile, formatProblem } from "../../../worker/import/problem.ts";
import type { Problem } from "../../../worker/import/problem.ts";
import { readCsv } from "../../../worker/import/read-csv.ts";
import type { CsvRow } from "../../../worker/import/read-csv.ts";
import { withFile } from "./csv.ts";

const COLUMNS = ["key", "name"];

async function read(content: string | Buffer, columns: readonly string[] = COLUMNS) {
  return await withFile(content, async (path) => {
    const rows: CsvRow[] = [];
    const problems: Problem[] = [];
    try {
      for await (const row of readCsv(path, columns, (problem) => problems.push(problem))) {
        rows.push(row);
      }
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      problems.push(error.problem);
    }
    return { rows, problems };
  });
}

const ONE_ROW = [{ line: 2, cells: { key: "1", name: "Åse" } }];

describe("forms of the same file", () => {
  test.for([
    ["commas", "key,name\n1,Åse\n"],
    ["semicolons", "key;name\n1;Åse\n"],
    ["a byte order mark", "\uFEFFkey;name\n1;Åse\n"],
    ["CRLF", "key,name\r\n1,Åse\r\n"],
    ["CR alone", "key,name\r1,Åse\r"],
    ["a mixture of line ends", "key,name\r\n1,Åse\n"],
    ["no line end after the last row", "key,name\n1,Åse"],
    ["quotes round every cell", '"key","name"\n"1","Åse"\n'],
    ["spaces round cells", "key , name\n 1 ,\tÅse \n"],
    ["columns in another order", "name,key\nÅse,1\n"],
    ["capitals in the header", "Key,NAME\n1,Åse\n"],
    ["decomposed letters", "key,name\n1,A\u030Ase\n"],
    ["rows of nothing but separators", "key;name\n1;Åse\n;\n;\n"],
    ["empty lines at the end", "key,name\n1,Åse\n\n\n"],
  ] as const)("%s", async ([, content]) => {
    expect(await read(content)).toEqual({ rows: ONE_ROW, problems: [] });
  });
});

test("quotes, separators and line breaks within quotes belong to the cell", async () => {
  const { rows } = await read('key;name\n1;"Berg; ""Bo""\r\nAS"\n2;b\n');

  expect(rows).toEqual([
    { line: 2, cells: { key: "1", name: 'Berg; "Bo"\r\nAS' } },
    { line: 4, cells: { key: "2", name: "b" } },
  ]);
});

test("rows are counted as an editor counts lines, also after empty ones", async () => {
  const { rows } = await read('key,name\n\n1,"a\nb"\n\n2,c\n3,"d\r\n\r\ne"\n4,f\n');

  expect(rows.map(({ line }) => line)).toEqual([3, 6, 7, 10]);
});

test("empty cells are left out", async () => {
  expect((await read("key,name\n1,\n")).rows).toEqual([{ line: 2, cells: { key: "1" } }]);
});

test("a header without rows is a file without rows", async () => {
  expect(await read("key,name\n")).toEqual({ rows: [], problems: [] });
});

test.for([
  ["empty", ""],
  ["a byte order mark", "\uFEFF"],
  ["blank lines", "\n\r\n\n"],
] as const)("an empty file is refused: %s", async ([, content]) => {
  const { problems } = await read(content);

  expect(problems).toHaveLength(1);
  expect(problems[0]?.cause).toContain("key,name");
});

test("every unknown, missing and repeated column is named at once", async () => {
  const { problems } = await read("key,key,colour,shoe\n1,2,3,4\n");

  expect(problems).toHaveLength(1);
  for (const name of ["colour", "shoe", "name", "key"]) {
    expect(problems[0]?.cause).toContain(JSON.stringify(name));
  }
});

test("a row with too few or too many cells is reported and the others are read", async () => {
  const { rows, problems } = await read("key,name\n1\n2,b\n3,c,d\n");

  expect(problems.map(({ line }) => line)).toEqual([2, 4]);
  expect(rows.map(({ line }) => line)).toEqual([3]);
});

test("a cp1252 file is refused with line, byte and cure", async () => {
  const bytes = Buffer.concat([
    Buffer.from("key,name\n1,Bo\n2,"),
    Buffer.from([0xc5]),
    Buffer.from("se\n"),
  ]);

  const { problems } = await read(bytes);

  expect(problems).toMatchObject([{ line: 3 }]);
  expect(problems[0]?.cause).toContain("Byte 17 (0xC5)");
  expect(problems[0]?.cause).toContain("save the file as UTF-8");
});

test("a bad byte is found wherever the reading cuts the file", async () => {
  const filler = `1,${"æ".repeat(40)}\n`.repeat(2_000);
  const bytes = Buffer.concat([Buffer.from(`key,name\n${filler}2,`), Buffer.from([0xe6, 0x0a])]);

  const { problems } = await read(bytes);

  expect(problems).toMatchObject([{ line: 2_002 }]);
  expect(problems[0]?.cause).toContain(`Byte ${bytes.length - 1} (0xE6)`);
});

test("letters of several bytes survive wherever the reading cuts the file", async () => {
  const name = "€𝄞æ".repeat(50);
  const { rows, problems } = await read(`key,name\n${`1,${name}\n`.repeat(1_000)}`);

  expect(problems).toEqual([]);
  expect(rows).toHaveLength(1_000);
  expect(rows.every(({ cells }) => cells["name"] === name)).toBe(true);
});

test.for([
  ["UTF-16", Buffer.from("\uFEFFkey,name\n", "utf16le")],
  ["a workbook", Buffer.from("PK\u0003\u0004 and so on")],
  ["a NUL byte", Buffer.from("key,name\n1,a\0b\n")],
  ["a character that ends too early", Buffer.from([0x6b, 0x2c, 0x6e, 0x0a, 0xc3])],
] as const)("what is no text in UTF-8 is refused with a cure: %s", async ([, bytes]) => {
  const { problems } = await read(bytes);

  expect(problems).toHaveLength(1);
  expect(problems[0]?.cause).toContain("save the file as UTF-8");
});

test("a quotation mark that is never closed is reported where it may stand", async () => {
  const { problems } = await read('key,name\n1,a\n2,"b\n3,c\n');

  expect(problems).toMatchObject([{ line: 3 }]);
  expect(problems[0]?.cause).toContain("never closed");
});

test("a quotation mark that is never closed does not fill the memory with the file", async () => {
  const { problems } = await read(`key,name\n1,"a\n${"2,b\n".repeat(50_000)}`);

  expect(problems[0]?.cause).toContain("longer than");
});

test("a quotation mark in the middle of a cell is refused", async () => {
  const { problems } = await read('key,name\n1,a "b" c\n');

  expect(problems).toMatchObject([{ line: 2 }]);
});

test("a value cannot write control sequences on the terminal", () => {
  const text = formatProblem({
    line: 2,
    column: "name",
    value: "\u001b[2J\u202eevil",
    cause: "is bad",
  });

  expect(text).toBe('line 2, column name: "\\u001b[2J\\u202eevil" is bad');
});

test("the columns of each kind are those that the documentation promises", () => {
  expect(kinds.people.join(",")).toBe("email,full_name,phone,locale,auth_subject,roles");
  expect(kinds.mentors.join(",")).toBe(
    "mentor_key,email,full_name,phone,locale,chapter,portal_consent,coordinator_emails,certification_type,valid_from,expires_on",
  );
  expect(kinds.assignments.join(",")).toBe(
    "assignment_key,mentor_key,client_reference,opened_on,last_contact_on",
  );
});
