import { request } from "node:http";
import { describe, expect } from "vitest";
import type { MailCatcher } from "../../../../worker/local/mail/catcher.ts";
import type { OutgoingMail } from "../../../../worker/mail/smtp.ts";
import { aMail, mailConfig, test } from "../../../support/mail.ts";
import type { MailTools } from "../../../support/mail.ts";

const SCRIPT = "<script>alert(1)</script>";

async function anInbox(tools: MailTools, ...mails: Partial<OutgoingMail>[]): Promise<MailCatcher> {
  const catcher = await tools.aCatcher();
  const mailer = tools.aMailer(mailConfig(catcher.smtpUrl));
  for (const mail of mails) await mailer.send(aMail(mail));
  return catcher;
}

async function get(catcher: MailCatcher, path: string) {
  const response = await fetch(new URL(path, catcher.inboxUrl));
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe("the inbox", () => {
  test("lists the mails, the newest first, with recipient, subject and time", async ({ tools }) => {
    const kari = { name: "Kari", address: "kari@example.org" };
    const per = { name: "Per", address: "per@example.org" };
    const catcher = await anInbox(
      tools,
      { to: kari, subject: "Første" },
      { to: per, subject: "Ås" },
    );

    const { status, text } = await get(catcher, "/");

    expect(status).toBe(200);
    expect(text).toMatch(
      /per@example\.org.*href="\/messages\/2">Ås<.*<time .*kari@example\.org.*href="\/messages\/1">Første</s,
    );
  });

  test("is empty at first, and says so", async ({ tools }) => {
    expect((await get(await anInbox(tools), "/")).text).toContain("No mail has come yet.");
  });

  test("shows one mail as text and as HTML", async ({ tools }) => {
    const catcher = await anInbox(tools, { text: "Hei, Åse\n", html: '<p class="a">Åse</p>' });

    const { text } = await get(catcher, "/messages/1");

    expect(text).toContain("<pre>Hei, Åse\n</pre>");
    expect(text).toMatch(
      /<iframe sandbox title="[^"]+" srcdoc="&lt;p class=&quot;a&quot;&gt;Åse&lt;\/p&gt;"><\/iframe>/,
    );
  });

  test("gives programs everything", async ({ tools }) => {
    const catcher = await anInbox(tools, { subject: "Ås" });

    const { headers, text } = await get(catcher, "/messages.json");

    expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(JSON.parse(text)).toMatchObject([
      {
        number: 1,
        subject: "Ås",
        envelope: { to: ["kari.nordmann@example.org"] },
        messageId: "<delivery-1.1@hlf.no>",
        raw: expect.stringContaining("Auto-Submitted: auto-generated\r\n"),
      },
    ]);
  });

  test.for(["/messages/2", "/messages/", "/messages/1/", "/../etc/passwd", "/favicon.ico"])(
    "has nothing at %s",
    async (path, { tools }) => {
      expect(await get(await anInbox(tools, {}), path)).toMatchObject({ status: 404 });
    },
  );
});

describe("X3: a mail cannot do anything in the browser of the one who looks at it", () => {
  test.for(["/", "/messages/1"])("on %s", async (path, { tools }) => {
    const catcher = await anInbox(tools, {
      to: { name: '"><img src=x onerror=alert(1)>', address: "'onload=alert'@example.org" },
      subject: `${SCRIPT}"><img src=x onerror=alert(1)>`,
      text: `</pre>${SCRIPT}`,
      html: `"></iframe>${SCRIPT}<img src=x onerror=alert(1)>`,
    });

    const { text, headers } = await get(catcher, path);

    expect(text).toContain("&lt;script&gt;");
    expect(text).not.toMatch(/<script|<img|<svg/i);
    expect(text.match(/<iframe/g) ?? []).toHaveLength(path === "/" ? 0 : 1);
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; /);
    expect(headers.get("content-security-policy")).not.toContain("script");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });
});

async function ask(catcher: MailCatcher, method: string, body?: unknown, headers = {}) {
  const response = await fetch(new URL("faults", catcher.inboxUrl), {
    method,
    headers: { "Content-Type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

describe("faults over HTTP", () => {
  const DROP = { effect: "drop", stage: "mail", times: "forever" };

  test("break the mail server and heal it", async ({ tools }) => {
    const catcher = await tools.aCatcher();
    const mailer = tools.aMailer(mailConfig(catcher.smtpUrl));

    expect(await ask(catcher, "POST", DROP)).toMatchObject({ status: 204 });
    const broken = [await mailer.send(aMail()), await mailer.send(aMail())];
    expect(await ask(catcher, "DELETE")).toMatchObject({ status: 204 });

    expect(broken).toMatchObject([{ errorClass: "connection" }, { errorClass: "connection" }]);
    expect(await mailer.send(aMail())).toMatchObject({ state: "sent" });
  });

  test("are explained, and every command of the explanation is understood", async ({ tools }) => {
    const catcher = await tools.aCatcher();

    const { status, text } = await ask(catcher, "GET");
    const faults = text.matchAll(/-d '(\{.+\})'/g).toArray();

    expect(status).toBe(200);
    expect(faults).toHaveLength(8);
    for (const [, fault] of faults) {
      expect(await ask(catcher, "POST", JSON.parse(fault!)), fault).toMatchObject({ status: 204 });
    }
  });

  test.for([
    [400, { ...DROP, effect: "explode" }, {}],
    [400, { ...DROP, match: "kari" }, {}],
    [400, { effect: "reply", stage: "rcpt", code: 550, message: "no\r\n250 yes" }, {}],
    [415, DROP, { "Content-Type": "text/plain" }],
  ] as const)("are refused with %i: %j", async ([status, body, headers], { tools }) => {
    const catcher = await tools.aCatcher();

    expect(await ask(catcher, "POST", body, headers)).toMatchObject({ status });
    expect(await tools.aMailer(mailConfig(catcher.smtpUrl)).send(aMail())).toMatchObject({
      state: "sent",
    });
  });

  test("X3: are not for a page under another name", async ({ tools }) => {
    const catcher = await tools.aCatcher();
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    request(
      new URL("faults", catcher.inboxUrl),
      { method: "DELETE", headers: { host: "evil.example.org" } },
      (response) => resolve(response.resume().statusCode),
    ).end();

    expect(await promise).toBe(403);
  });
});
