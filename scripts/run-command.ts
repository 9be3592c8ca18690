import { sentenceOf } from "../worker/database/errors.ts";

/** The frame of every command: one plain sentence on standard error and status 1 if it fails. */
export async function runCommand(name: string, main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    console.error(`${name}: ${sentenceOf(error)}`);
    process.exitCode = 1;
  }
}

/** A value that the command cannot do without. */
export function required(value: string | undefined, what: string): string {
  if (value) return value;
  throw new Error(`${what} is missing; --help shows how the command is used.`);
}

/** Whether a text is a day of the calendar, written yyyy-mm-dd. */
export function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(date.valueOf())) return false;
  return date.toISOString().startsWith(text);
}
