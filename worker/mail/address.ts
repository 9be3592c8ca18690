export interface MailAddress {
  name: string;
  /** One address, without a name. */
  address: string;
}

/** No space, no separator of lists, nothing that a header or an SMTP command could take for syntax. */
const LOCAL_PART = String.raw`[^\s\p{C}@,;:<>()[\]"\\]+`;
const LABEL = String.raw`[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?`;
const ONE_ADDRESS = new RegExp(String.raw`^${LOCAL_PART}@(?:${LABEL}\.)+${LABEL}$`, "u");

/** Longest address that fits into an SMTP command (RFC 5321). */
const MAX_LENGTH = 254;

/** Whether a text is exactly one address: no list, no name, no line break. */
export function isOneAddress(text: string): boolean {
  return text.length <= MAX_LENGTH && ONE_ADDRESS.test(text);
}

/** Reads `likeperson@hlf.no` or `HLF likeperson <likeperson@hlf.no>`; undefined if it is neither. */
export function parseMailAddress(text: string): MailAddress | undefined {
  const { name = "", address = text } =
    /^(?<name>[^<>@]*)<(?<address>[^<>]*)>$/.exec(text.trim())?.groups ?? {};
  if (/\p{C}/u.test(name) || !isOneAddress(address.trim())) return undefined;
  return { name: name.trim().replace(/^"(.*)"$/, "$1"), address: address.trim() };
}
