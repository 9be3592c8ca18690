/**
 * The text with comments and strings blanked out, at the same positions, so that rules about code
 * see only code. Bodies of functions are code; other dollar-quoted texts are strings.
 */
export function codeOf(text: string): string {
  let code = "";
  let rest = text;
  while (rest !== "") {
    const [token, isCode] = nextToken(rest, code);
    code += isCode ? token : token.replaceAll(/[^\n]/g, " ");
    rest = rest.slice(token.length);
  }
  return code;
}

const NOT_CODE = [
  /^--.*/,
  /^\/\*[\s\S]*?(?:\*\/|$)/,
  /^[eE]'(?:[^'\\]|\\[\s\S]|'')*'?/,
  /^'(?:[^']|'')*'?/,
  /^"(?:[^"]|"")*"?/,
];
const PLAIN = /^(?:[\w.]+|\s+|[\s\S])/;
const DOLLAR = /^\$(?:[A-Za-z_]\w*)?\$/;

function nextToken(rest: string, before: string): [token: string, isCode: boolean] {
  for (const pattern of NOT_CODE) {
    const match = pattern.exec(rest);
    if (match) return [match[0], false];
  }
  const quote = DOLLAR.exec(rest)?.[0];
  if (quote !== undefined) {
    const end = rest.indexOf(quote, quote.length);
    // The quotes of a body are skipped one by one, so that what is between them is read as code.
    if (end === -1 || isBody(before, quote)) return [quote, true];
    return [rest.slice(0, end + quote.length), false];
  }
  return [PLAIN.exec(rest)?.[0] ?? rest, true];
}

function isBody(before: string, quote: string): boolean {
  const isOpening = /\b(as|do)\s*$/i.test(before);
  const isClosing = before.split(quote).length % 2 === 0;
  return isOpening || isClosing;
}
