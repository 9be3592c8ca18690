/** What people see of a mail. */
export interface ReadMail {
  messageId: string;
  from: string;
  to: string;
  subject: string;
  text: string;
  html: string;
}

/**
 * Reads a mail as the mailer writes it: parts of text, quoted-printable or base64, in UTF-8. For a
 * mail of another kind, something is shown and nothing breaks.
 */
export function readMail(raw: Buffer): ReadMail {
  const part = splitPart(raw.toString("latin1"));
  const bodies = new Map<string, string>();
  collectBodies(part, bodies);
  return {
    messageId: part.header("message-id"),
    from: part.header("from"),
    to: part.header("to"),
    subject: part.header("subject"),
    text: bodies.get("text/plain") ?? "",
    html: bodies.get("text/html") ?? "",
  };
}

/** Headers, and a body whose characters stand for bytes. */
interface Part {
  header: (name: string) => string;
  body: string;
}

function splitPart(source: string): Part {
  const [, head = source, body = ""] = /^((?:.+\r?\n)*)\r?\n([^]*)$/.exec(source) ?? [];
  const lines = head.replaceAll(/\r?\n[ \t]/g, " ").split(/\r?\n/);
  return {
    body,
    header(name) {
      const prefix = `${name}:`;
      const line = lines.find((line) => line.toLowerCase().startsWith(prefix)) ?? prefix;
      return decodeWords(line.slice(prefix.length).trim());
    },
  };
}

/** The first body of each type counts. */
function collectBodies(part: Part, bodies: Map<string, string>): void {
  const type = part.header("content-type") || "text/plain";
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary !== undefined) {
    // The line before a boundary ends with it, not with the part.
    const inner = `\r\n${part.body}`.split(`\r\n--${boundary}`).slice(1, -1);
    for (const source of inner) collectBodies(splitPart(source.replace(/^\r\n/, "")), bodies);
    return;
  }
  const name = type.split(";", 1)[0]!.trim().toLowerCase();
  if (!bodies.has(name))
    bodies.set(name, decodeBody(part).toString("utf8").replaceAll("\r\n", "\n"));
}

function decodeBody({ header, body }: Part): Buffer {
  const encoding = header("content-transfer-encoding").toLowerCase();
  if (encoding === "base64") return Buffer.from(body, "base64");
  if (encoding === "quoted-printable") return fromQuoted(body.replaceAll(/=\r?\n/g, ""));
  return Buffer.from(body, "latin1");
}

/** Encoded words (RFC 2047) in UTF-8; between two of them the space does not count. */
function decodeWords(value: string): string {
  return value
    .replaceAll(/\?=\s+=\?/g, "?==?")
    .replaceAll(/(?:=\?utf-8\?[bq]\?[^?\s]*\?=)+/gi, (words) => {
      const inner = words.matchAll(/=\?utf-8\?(?<kind>[bq])\?(?<code>[^?]*)\?=/gi);
      const bytes = Array.from(inner, ({ groups }) =>
        groups!["kind"]!.toLowerCase() === "b"
          ? Buffer.from(groups!["code"]!, "base64")
          : fromQuoted(groups!["code"]!.replaceAll("_", " ")),
      );
      return Buffer.concat(bytes).toString("utf8");
    });
}

function fromQuoted(text: string): Buffer {
  const bytes = text.replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, "latin1");
}
