const MAX_LENGTH = 200;

/** Far more than is kept, so that nothing is cut before it was looked at. */
const MAX_INPUT = 4000;

/** What people are recognised by. A quotation that does not end goes up to the end of the text. */
const PERSONAL: readonly RegExp[] = [
  /"[^"]*(?:"|$)/g,
  /„[^“”]*(?:[“”]|$)/g,
  /“[^”]*(?:”|$)/g,
  /«[^»]*(?:»|$)/g,
  /‘.*?(?:’(?![\p{L}\p{N}])|$)/gsu,
  // An apostrophe within a word neither opens nor closes.
  /(?<![\p{L}\p{N}])'.*?(?:'(?![\p{L}\p{N}])|$)/gsu,
  /[^\s@<>()[\],;:]+@[^\s@<>()[\],;:]+/g,
  // Telephone numbers, and all numbers and dates that could identify.
  /\+?\d(?:[\s()./-]{0,2}\d){5,}/g,
];

/**
 * Makes a foreign sentence fit for logs and for colleagues: one line of at most 200 characters, with
 * an ellipsis for e-mail addresses, long numbers and whatever stands in quotation marks.
 */
export function scrub(text: string): string {
  const personless = PERSONAL.reduce(
    (rest, pattern) => rest.replace(pattern, "…"),
    text.slice(0, MAX_INPUT),
  );
  const line = personless.replace(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim();
  return line.length <= MAX_LENGTH ? line : `${line.slice(0, MAX_LENGTH - 1).trimEnd()}…`;
}
