import { hasCode } from "./errors.ts";

/** A command that depends on the version of what its caller has read. */
export interface VersionedCommand<Row, Answer> {
  /** Reads the row, with its version, as it is now. */
  read(): Promise<Row>;
  /** Whether the caller still wants the command, now that the row is different. */
  stillWanted(row: Row): boolean;
  /** Calls the command, with the version of the row. */
  call(row: Row): Promise<Answer>;
}

const RETRIES = 3;

/**
 * Calls a command, and again up to three times if somebody else changed the row meanwhile and the
 * caller's intent still holds (S4). Then, or for any other reason, the error surfaces.
 */
export async function retryOnVersionConflict<Row, Answer>(
  command: VersionedCommand<Row, Answer>,
): Promise<Answer> {
  for (let retry = 0; ; retry += 1) {
    const row = await command.read();
    try {
      return await command.call(row);
    } catch (error) {
      if (!hasCode(error, "MNVER") || retry === RETRIES) throw error;
      if (!command.stillWanted(await command.read())) throw error;
    }
  }
}
