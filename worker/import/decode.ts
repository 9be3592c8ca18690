import { isUtf8 } from "node:buffer";
import { UnreadableFile } from "./problem.ts";

const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

const SAVE_AS_UTF8 = 'save the file as UTF-8 (in Excel: "CSV UTF-8") and import it again';

/** What people hand over in place of a CSV file, by its first bytes. */
const OTHER_FORMATS: [Buffer, string][] = [
  [Buffer.from("PK\u0003\u0004"), "The file is a spreadsheet or an archive and no CSV file"],
  [Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), "The file is an old Excel workbook and no CSV file"],
  [Buffer.from([0xff, 0xfe]), "The file is UTF-16 and not UTF-8"],
  [Buffer.from([0xfe, 0xff]), "The file is UTF-16 and not UTF-8"],
];

/**
 * Passes the bytes of a file on, without a byte order mark, as long as they are text in UTF-8.
 *
 * Replacing what is not would turn a name of a cp1252 file into another name, silently; so the first
 * bad byte ends it, with its place.
 */
export async function* decode(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  let line = 1;
  for await (const chunk of chunks) {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (offset === 0) {
      if (bytes.length < 4) {
        rest = bytes;
        continue;
      }
      bytes = withoutMark(bytes);
      offset = bytes.length === chunk.length + rest.length ? 0 : BYTE_ORDER_MARK.length;
    }
    const end = bytes.length - incompleteTail(bytes);
    const complete = bytes.subarray(0, end);
    assertText(complete, offset, line);
    rest = bytes.subarray(end);
    offset += end;
    line += countNewlines(complete);
    if (complete.length > 0) yield complete;
  }
  const last = offset === 0 ? withoutMark(rest) : rest;
  assertText(last, offset, line);
  if (last.length > 0) yield last;
}

function withoutMark(bytes: Buffer): Buffer {
  for (const [start, finding] of OTHER_FORMATS) {
    if (bytes.subarray(0, start.length).equals(start)) {
      throw new UnreadableFile(`${finding}; ${SAVE_AS_UTF8}`);
    }
  }
  const hasMark = bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
  return hasMark ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes;
}

/** How many bytes at the end begin a character that the next chunk may finish. */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? back : 0;
    }
  }
  return 0;
}

function assertText(bytes: Buffer, offset: number, line: number): void {
  const nul = bytes.indexOf(0);
  if (nul !== -1) {
    throw new UnreadableFile(
      `Byte ${offset + nul + 1} is a NUL, which no text has; ${SAVE_AS_UTF8}`,
      line + countNewlines(bytes.subarray(0, nul)),
    );
  }
  if (isUtf8(bytes)) return;
  const bad = firstBadByte(bytes);
  const code = (bytes[bad] ?? 0).toString(16).toUpperCase().padStart(2, "0");
  throw new UnreadableFile(
    `Byte ${offset + bad + 1} (0x${code}) is not UTF-8, probably a letter like æ, ø or å in the encoding of an older program; ${SAVE_AS_UTF8}`,
    line + countNewlines(bytes.subarray(0, bad)),
  );
}

/** Bisects: a prefix that ends within a character counts as good as long as more could finish it. */
function firstBadByte(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const prefix = bytes.subarray(0, middle);
    if (isUtf8(prefix.subarray(0, middle - incompleteTail(prefix)))) good = middle;
    else bad = middle;
  }
  // The byte that spoils a character stands after its beginning, which is what a person looks for.
  const start = good - incompleteTail(bytes.subarray(0, good));
  return Math.max(0, Math.min(start, bytes.length - 1));
}

function countNewlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}
