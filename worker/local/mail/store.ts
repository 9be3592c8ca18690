import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { readMail } from "./parse.ts";
import type { ReadMail } from "./parse.ts";

export interface Envelope {
  from: string;
  to: string[];
}

export interface CaughtMail extends ReadMail {
  /** Counts from 1 on. */
  number: number;
  /** ISO instant. */
  receivedAt: string;
  /** What was said at MAIL FROM and RCPT TO. */
  envelope: Envelope;
  /** The bytes as they came. */
  raw: Buffer;
}

const MAX_MAILS = 500;

const keptLine = z.object({
  receivedAt: z.string(),
  envelope: z.object({ from: z.string(), to: z.array(z.string()) }),
  raw: z.base64(),
});

/** The newest mails, in memory and, if there is a file, in it for the next start. */
export class MailStore {
  readonly mails: CaughtMail[] = [];
  readonly #file: string | undefined;
  #count = 0;

  constructor(file: string | undefined) {
    this.#file = file;
    if (file === undefined) return;
    mkdirSync(dirname(file), { recursive: true });
    for (const { raw, ...rest } of readKept(file)) {
      this.#remember({ ...rest, raw: Buffer.from(raw, "base64") });
    }
    writeFileSync(file, this.mails.map(toLine).join(""));
  }

  add(envelope: Envelope, raw: Buffer): void {
    const mail = this.#remember({ receivedAt: new Date().toISOString(), envelope, raw });
    if (this.#file !== undefined) appendFileSync(this.#file, toLine(mail));
  }

  clear(): void {
    this.mails.length = 0;
    if (this.#file !== undefined) writeFileSync(this.#file, "");
  }

  #remember(mail: Pick<CaughtMail, "receivedAt" | "envelope" | "raw">): CaughtMail {
    this.#count += 1;
    const caught = { number: this.#count, ...mail, ...readMail(mail.raw) };
    this.mails.push(caught);
    if (this.mails.length > MAX_MAILS) this.mails.shift();
    return caught;
  }
}

/** A line that was not written to its end is left out. */
function readKept(file: string): z.infer<typeof keptLine>[] {
  return readText(file)
    .split("\n")
    .flatMap((line) => {
      try {
        return [keptLine.parse(JSON.parse(line))];
      } catch {
        return [];
      }
    });
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

function toLine({ receivedAt, envelope, raw }: CaughtMail): string {
  return `${JSON.stringify({ receivedAt, envelope, raw: raw.toString("base64") })}\n`;
}
