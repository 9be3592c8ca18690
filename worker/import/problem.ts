/** Something about a file that keeps it from being imported, in the words of a spreadsheet. */
export interface Problem {
  /** Line of the file, the header being line 1; null if it is about the file as a whole. */
  line: number | null;
  column: string | null;
  value: string | null;
  /** The end of a sentence that begins with the value: what is wrong, and the cure. */
  cause: string;
}

/** Ends the reading: what follows cannot be told apart. */
export class UnreadableFile extends Error {
  readonly problem: Problem;

  constructor(cause: string, line: number | null = null, options?: ErrorOptions) {
    super(cause, options);
    this.problem = { line, column: null, value: null, cause };
  }
}

const LONGEST_VALUE = 60;

/** One line for a person: where, what stands there, what is wrong with it. */
export function formatProblem(problem: Problem): string {
  const place = [
    problem.line === null ? "" : `line ${problem.line}`,
    problem.column === null ? "" : `column ${problem.column}`,
  ].filter((part) => part !== "");
  const subject = problem.column === null ? "" : `${quote(problem.value)} `;
  return `${place.length === 0 ? "" : `${place.join(", ")}: `}${subject}${problem.cause}`;
}

function quote(value: string | null): string {
  if (value === null) return "the cell";
  const characters = Array.from(value);
  const shown =
    characters.length > LONGEST_VALUE ? `${characters.slice(0, LONGEST_VALUE).join("")}…` : value;
  // A cell must not be able to write on the terminal anything but itself.
  return JSON.stringify(shown).replaceAll(
    /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
