import { createServer } from "node:http";
import type { Server, ServerResponse } from "node:http";
import { escapeHtml } from "../../mail/escape-html.ts";
import { answerFaults } from "./admin.ts";
import type { FaultQueue } from "./faults.ts";
import type { CaughtMail } from "./store.ts";

/** Nothing of a mail may run, load or leave; its own styles may show. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'";

/**
 * `/` lists the mails, `/messages/1` shows one, `/messages.json` is for programs, `/faults` breaks the
 * mail server and heals it.
 */
export function createInbox(mails: readonly CaughtMail[], faults: FaultQueue): Server {
  return createServer((request, response) => {
    const path = (request.url ?? "/").split("?", 1)[0]!;
    if (path === "/faults") {
      answerFaults(request, faults).then(
        ({ status, body }) => send(response, status, "text/plain", body),
        () => response.destroy(),
      );
      return;
    }
    const [type, body] = answer(path, mails);
    const missing = page("No such mail", '<p><a href="/">All mails</a></p>');
    send(response, body === undefined ? 404 : 200, type, body ?? missing);
  });
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    "Content-Type": `${type}; charset=utf-8`,
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
  });
  response.end(body);
}

function answer(path: string, mails: readonly CaughtMail[]): [string, string | undefined] {
  if (path === "/messages.json") return ["application/json", toJson(mails)];
  if (path === "/") return ["text/html", listPage(mails)];
  const number = /^\/messages\/(\d+)$/.exec(path)?.[1];
  const mail = mails.find((mail) => `${mail.number}` === number);
  return ["text/html", mail && mailPage(mail)];
}

function toJson(mails: readonly CaughtMail[]): string {
  return JSON.stringify(
    mails.map(({ raw, ...mail }) => ({ ...mail, raw: raw.toString("utf8") })),
    null,
    2,
  );
}

function listPage(mails: readonly CaughtMail[]): string {
  const rows = mails.toReversed().map(
    (mail) => `
      <tr>
        <td>${escapeHtml(mail.envelope.to.join(", "))}</td>
        <td><a href="/messages/${mail.number}">${escapeHtml(mail.subject || "(no subject)")}</a></td>
        <td>${timeOf(mail)}</td>
      </tr>`,
  );
  const table = `<table>
      <caption>Newest first; nothing has left this machine.</caption>
      <thead>
      <tr><th scope="col">Recipient</th><th scope="col">Subject</th><th scope="col">Time</th></tr>
      </thead>
      <tbody>${rows.join("")}
      </tbody>
    </table>`;
  return page("Caught mails", mails.length === 0 ? "<p>No mail has come yet.</p>" : table);
}

function mailPage(mail: CaughtMail): string {
  const html = `<iframe sandbox title="The mail as HTML" srcdoc="${escapeHtml(mail.html)}"></iframe>`;
  return page(
    mail.subject || "(no subject)",
    `<p><a href="/">All mails</a></p>
    <dl>
      <dt>From</dt><dd>${escapeHtml(mail.from)}</dd>
      <dt>To</dt><dd>${escapeHtml(mail.to)}</dd>
      <dt>Recipient of the envelope</dt><dd>${escapeHtml(mail.envelope.to.join(", "))}</dd>
      <dt>Time</dt><dd>${timeOf(mail)}</dd>
      <dt>Message-ID</dt><dd>${escapeHtml(mail.messageId)}</dd>
    </dl>
    <h2>Text</h2>
    <pre>${escapeHtml(mail.text)}</pre>
    <h2>HTML</h2>
    ${mail.html === "" ? "<p>The mail has none.</p>" : html}`,
  );
}

function timeOf({ receivedAt }: CaughtMail): string {
  const shown = receivedAt.replace("T", " ").replace(/\.\d+Z$/, " UTC");
  return `<time datetime="${escapeHtml(receivedAt)}">${escapeHtml(shown)}</time>`;
}

const STYLE = `
  body { font: 1.125rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff; }
  a { color: #0b4f8a; }
  table { border-collapse: collapse; width: 100%; }
  caption { text-align: left; padding-bottom: 0.5rem; }
  th, td { text-align: left; vertical-align: top; padding: 0.4rem 1rem 0.4rem 0; border-bottom: 1px solid #767676; overflow-wrap: anywhere; }
  dt { font-weight: bold; }
  dd { margin: 0 0 0.5rem; overflow-wrap: anywhere; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  iframe { width: 100%; height: 40rem; border: 1px solid #767676; }`;

function page(title: string, content: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${escapeHtml(title)}</title>
  <style>${STYLE}
  </style>
</head>
<body>
  <main>
    <h1>${escapeHtml(title)}</h1>
    ${content}
  </main>
</body>
</html>
`;
}
