import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CsvError, parse } from "csv-parse";
import { decode } from "./decode.ts";
import { UnreadableFile } from "./problem.ts";
import type { Problem } from "./problem.ts";

export interface CsvRow {
  /** Line of the file on which the row begins, the header being line 1. */
  line: number;
  /** Column name to text, trimmed and in composed characters; empty cells are left out. */
  cells: Record<string, string>;
}

/** A row of our files has a few hundred characters; a quote that is never closed has the whole file. */
const LONGEST_ROW = 100_000;

/**
 * Reads a CSV file row by row. Rows that cannot be right are handed to `onProblem` and left out; what
 * makes the rest unreadable throws UnreadableFile.
 */
export async function* readCsv(
  path: string,
  columns: readonly string[],
  onProblem: (problem: Problem) => void,
): AsyncGenerator<CsvRow> {
  const bytes = decode(createReadStream(path) as AsyncIterable<Buffer>);
  const { delimiter, chunks } = await findDelimiter(bytes);
  let header: string[] | undefined;
  for await (const { line, record } of parseRecords(chunks, delimiter)) {
    const cells = record.map((cell) => cell.normalize("NFC").trim());
    if (header === undefined) {
      header = cells.map((name) => name.toLowerCase());
      assertHeader(header, columns, line);
      continue;
    }
    if (cells.every((cell) => cell === "")) continue;
    if (cells.length !== header.length) {
      onProblem({ line, column: null, value: null, cause: wrongCount(cells, header, delimiter) });
      continue;
    }
    const names = header;
    yield {
      line,
      cells: Object.fromEntries(
        cells.flatMap((cell, index) => (cell === "" ? [] : [[names[index] ?? "", cell]])),
      ),
    };
  }
  if (header === undefined) {
    throw new UnreadableFile(
      `The file is empty; its first line must name the columns: ${columns.join(",")}`,
    );
  }
}

function wrongCount(cells: string[], header: string[], delimiter: string): string {
  return cells.length > header.length
    ? `The row has ${cells.length} cells and the header ${header.length}; put quotes round a cell that contains a ${delimiter}`
    : `The row has ${cells.length} cells and the header ${header.length}; write every cell, also the empty ones`;
}

interface Delimited {
  delimiter: "," | ";";
  chunks: AsyncGenerator<Buffer>;
}

/** The header has no text of its own, so whichever of the two it contains more often separates. */
async function findDelimiter(bytes: AsyncGenerator<Buffer>): Promise<Delimited> {
  const start: Buffer[] = [];
  let text = "";
  for (;;) {
    const next = await bytes.next();
    if (next.done) break;
    start.push(next.value);
    text = Buffer.concat(start).toString("utf8").trimStart();
    if (/[\r\n]/.test(text) || text.length > LONGEST_ROW) break;
  }
  const line = text.split(/[\r\n]/, 1)[0] ?? "";
  const delimiter = line.split(";").length > line.split(",").length ? ";" : ",";
  async function* chunks(): AsyncGenerator<Buffer> {
    yield* start;
    yield* bytes;
  }
  return { delimiter, chunks: chunks() };
}

function assertHeader(header: string[], columns: readonly string[], line: number): void {
  const findings: string[] = [];
  const unknown = header.filter((name) => !columns.includes(name));
  if (unknown.length > 0) findings.push(`unknown columns: ${names(unknown)}`);
  const missing = columns.filter((name) => !header.includes(name));
  if (missing.length > 0) findings.push(`missing columns: ${names(missing)}`);
  const twice = header.filter((name, index) => header.indexOf(name) !== index);
  if (twice.length > 0) findings.push(`columns that stand there twice: ${names(twice)}`);
  if (findings.length === 0) return;
  throw new UnreadableFile(
    `The header has ${findings.join("; ")}. It must name these columns, separated by , or ; — ${columns.join(",")}`,
    line,
  );
}

function names(columns: readonly string[]): string {
  return [...new Set(columns)].map((name) => JSON.stringify(name)).join(", ");
}

interface CsvRecord {
  line: number;
  record: string[];
}

async function* parseRecords(
  chunks: AsyncGenerator<Buffer>,
  delimiter: string,
): AsyncGenerator<CsvRecord> {
  // The parser counts a CRLF within quotes twice, and says where a row ends; people look where it begins.
  let countedTwice = 0;
  let lastLine = 0;
  const beginnings: number[] = [];
  const parser = parse({
    delimiter,
    max_record_size: LONGEST_ROW,
    on_record: (record: string[], { lines }) => {
      const breaks = record.flatMap((cell) => cell.match(/\r\n|\r|\n/g) ?? []);
      countedTwice += breaks.filter((text) => text === "\r\n").length;
      lastLine = lines - countedTwice;
      beginnings.push(lastLine - breaks.length);
      return record;
    },
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    skip_empty_lines: true,
  });
  // Its failure reaches us through the parser, which pipeline destroys with it.
  const fed = pipeline(Readable.from(chunks), parser).catch(() => {});
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      yield { line: beginnings.shift() ?? 0, record };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const isOpen = error.code === "CSV_QUOTE_NOT_CLOSED" || error.code === "CSV_MAX_RECORD_SIZE";
    throw malformed(error, isOpen ? lastLine + 1 : Number(error["lines"]) - countedTwice);
  } finally {
    parser.destroy();
    await fed;
  }
}

/** What the parser reports, in the words of somebody who writes spreadsheets. */
function malformed(error: CsvError, line: number): UnreadableFile {
  const causes: Record<string, string> = {
    CSV_QUOTE_NOT_CLOSED:
      'A quotation mark is opened here or below and never closed; close it, and write "" for one that belongs to the text',
    CSV_MAX_RECORD_SIZE: `The row is longer than ${LONGEST_ROW} characters, probably because a quotation mark is never closed; close it, and write "" for one that belongs to the text`,
    CSV_INVALID_CLOSING_QUOTE:
      'Text follows a closing quotation mark; write "" for a quotation mark that belongs to the text',
    INVALID_OPENING_QUOTE:
      'A quotation mark stands in the middle of a cell; put quotes round the whole cell and write "" for this one',
  };
  const cause = causes[error.code] ?? `The row cannot be read (${error.message})`;
  return new UnreadableFile(`${cause}. Nothing after it was read`, line, { cause: error });
}
