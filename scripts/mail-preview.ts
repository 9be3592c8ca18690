import { readFileSync, writeFileSync } from "node:fs";
import { text as readAll } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { z } from "zod";
import { readConfig } from "../worker/config.ts";
import { withClient } from "../worker/database/pool.ts";
import { escapeHtml } from "../worker/mail/escape-html.ts";
import { LOCALES } from "../worker/mail/locale.ts";
import { examples } from "../worker/mail/templates/examples.ts";
import {
  MAIL_KINDS,
  mailData,
  RECIPIENT_ROLES,
  renderMail,
} from "../worker/mail/templates/render.ts";
import type { MailData, RenderedMail } from "../worker/mail/templates/render.ts";
import { findOrganization } from "../worker/nightly/organization.ts";
import { runCommand } from "./run-command.ts";

const USAGE = `Usage: npm run mail:preview -- [--kind KIND] [--role ROLE] [--locale LOCALE] [--html FILE]
                                   [--organization SLUG | --data FILE|-]

Shows what people are told by e-mail, in the words that they read: examples of everything, or what an
association is about to tell. Nothing is sent.

  --kind KIND          only ${MAIL_KINDS.join(", ")}
  --role ROLE          only ${RECIPIENT_ROLES.join(", ")}
  --locale LOCALE      only ${LOCALES.join(", ")}
  --html FILE          write one page with all of them instead of showing the text
  --organization SLUG  instead of the examples, what waits to be told now, to the recipients of now;
                       needs DATABASE_URL
  --data FILE|-        mails of this data, as JSON (one, or an array), instead of the examples; -
                       reads standard input
  --help               this text`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kind: { type: "string" },
      role: { type: "string" },
      locale: { type: "string" },
      html: { type: "string" },
      organization: { type: "string" },
      data: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const kind = oneOf(values.kind, MAIL_KINDS, "--kind");
  const role = oneOf(values.role, RECIPIENT_ROLES, "--role");
  const locale = oneOf(values.locale, LOCALES, "--locale");
  const all = await readAllData(values);
  const chosen = all.filter(
    (data) =>
      (kind === undefined || data.kind === kind) &&
      (role === undefined || data.recipientRole === role) &&
      (locale === undefined || data.locale === locale),
  );
  const mails = chosen.map((data) => ({ data, mail: renderMail(data) }));
  if (values.html === undefined) {
    console.log(mails.length === 0 ? "There is nothing to tell." : mails.map(toText).join("\n"));
    return;
  }
  writeFileSync(values.html, toPage(mails));
  console.log(`Wrote ${mails.length} mails to ${values.html}.`);
}

function oneOf<T extends string>(
  value: string | undefined,
  allowed: readonly T[],
  option: string,
): T | undefined {
  if (value === undefined) return undefined;
  const found = allowed.find((other) => other === value);
  if (found === undefined) throw new Error(`${option} must be one of ${allowed.join(", ")}.`);
  return found;
}

interface Source {
  organization?: string | undefined;
  data?: string | undefined;
}

async function readAllData({ organization, data }: Source): Promise<MailData[]> {
  if (organization === undefined) return data === undefined ? examples() : await readData(data);
  if (data !== undefined) throw new Error("--organization and --data exclude each other.");
  return await readOpen(organization);
}

async function readOpen(slug: string): Promise<MailData[]> {
  return await withClient(readConfig().databaseUrl, async (client) => {
    const { id } = await findOrganization(client, slug);
    const { rows } = await client.query<{ data: unknown }>(
      "select p.data from app_private.preview_messages($1) as p (data)",
      [id],
    );
    return rows.map((row) => mailData.parse(row.data));
  });
}

async function readData(file: string): Promise<MailData[]> {
  const name = file === "-" ? "Standard input" : file;
  const content = file === "-" ? await readAll(process.stdin) : readFileSync(file, "utf8");
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw new Error(`${name} is not JSON.`, { cause: error });
  }
  const result = z.array(mailData).safeParse(Array.isArray(value) ? value : [value]);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`${name} does not hold the data of a mail: ${sayIssue(issue!)}.`);
}

function sayIssue({ path, message }: { path: PropertyKey[]; message: string }): string {
  return path.length > 1 ? `${path.slice(1).join(".")}: ${message}` : message;
}

interface Shown {
  data: MailData;
  mail: RenderedMail;
}

function titleOf({ data }: Shown): string {
  return `${data.kind} · ${data.recipientRole} · ${data.locale}`;
}

function toText(shown: Shown): string {
  return `=== ${titleOf(shown)}\nSubject: ${shown.mail.subject}\n\n${shown.mail.text}`;
}

const STYLE = `
  body { font: 1.125rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  iframe { width: 100%; height: 40rem; border: 1px solid #767676; }`;

function toPage(mails: Shown[]): string {
  const sections = mails.map(
    (shown) => `
    <section>
      <h2>${escapeHtml(titleOf(shown))}</h2>
      <p>Subject: ${escapeHtml(shown.mail.subject)}</p>
      <pre lang="${shown.data.locale}">${escapeHtml(shown.mail.text)}</pre>
      <iframe sandbox title="${escapeHtml(titleOf(shown))}, as HTML" loading="lazy" srcdoc="${escapeHtml(shown.mail.html)}"></iframe>
    </section>`,
  );
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Mails</title>
  <style>${STYLE}
  </style>
</head>
<body>
  <main>
    <h1>Mails</h1>${sections.join("")}
  </main>
</body>
</html>
`;
}

await runCommand("mail:preview", main);
