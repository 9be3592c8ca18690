import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { simpleParser } from "mailparser";
import { describe, expect, onTestFinished } from "vitest";
import { aMail, mailConfig, test } from "../../../support/mail.ts";

function aFile(): string {
  const directory = mkdtempSync(join(tmpdir(), "mail-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return join(directory, "mails", "caught.jsonl");
}

describe("what was caught", () => {
  test("is read as a foreign parser reads it", async ({ tools }) => {
    const catcher = await tools.aCatcher();
    await tools.aMailer(mailConfig(catcher.smtpUrl)).send(
      aMail({
        to: { name: 'Åse "Ås" Ødegård, Lier', address: "ase@example.org" },
        subject: "Påminnelse: sertifiseringen går ut 17. september 2026, og så videre = ?",
        text: `Hei, Åse\n\n${"Én lang linje. ".repeat(20)}\n=20\n`,
        html: "<p>Hei, <b>Åse</b> – &amp; alle = andre</p>",
      }),
    );

    const [mail] = catcher.messages;
    const parsed = await simpleParser(mail!.raw);

    expect(mail).toMatchObject({
      number: 1,
      envelope: { from: "likeperson@hlf.no", to: ["ase@example.org"] },
      messageId: parsed.messageId,
      subject: parsed.subject,
      text: parsed.text,
      html: parsed.html,
      from: "HLF likepersoner <likeperson@hlf.no>",
    });
    expect(mail!.to).toContain("Åse");
    expect(new Date(mail!.receivedAt).getTime()).not.toBeNaN();
  });

  test.for([
    ["nothing", ""],
    ["no body", "Subject: Hei\r\n"],
    ["no headers", "\r\nHei\r\n"],
    [
      "a part that does not end",
      'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nHei\r\n',
    ],
    ["a broken word", "Subject: =?utf-8?q?=C3?=\r\n\r\nHei =C3\r\n"],
    ["bytes that are no UTF-8", "Subject: \xff\xfe\r\n\r\n\xff\r\n"],
    ["base64", "Content-Transfer-Encoding: base64\r\n\r\nSGVpLCDDhXNl\r\n"],
  ] as const)("may be anything: %s", async ([, source], { tools }) => {
    const catcher = await tools.aCatcher();

    await say(catcher.smtpUrl, [
      "EHLO me",
      "MAIL FROM:<>",
      "RCPT TO:<a@example.org>",
      "RCPT TO:<b@example.org>",
      "DATA",
      `${source}\r\n.`,
      "QUIT",
    ]);

    expect(catcher.messages).toMatchObject([
      { envelope: { from: "", to: ["a@example.org", "b@example.org"] } },
    ]);
    expect((await fetch(`${catcher.inboxUrl}messages/1`)).status).toBe(200);
  });

  test("is at most 500 mails, the newest", async ({ tools }) => {
    const catcher = await tools.aCatcher();
    const mailer = tools.aMailer(mailConfig(catcher.smtpUrl), { socketTimeoutMs: 30_000 });
    const ids = Array.from({ length: 502 }, (_, n) => `<m-${n}@hlf.no>`);

    await Promise.all(ids.map((messageId) => mailer.send(aMail({ messageId }))));

    expect(catcher.messages).toHaveLength(500);
    expect(catcher.messages.at(0)!.number).toBe(3);
    expect(catcher.messages.at(-1)!.number).toBe(502);
    catcher.clear();
    expect(catcher.messages).toHaveLength(0);
  });
});

describe("the next start", () => {
  test("has the mails of the one before, if there is a file", async ({ tools }) => {
    const file = aFile();
    const before = await tools.aCatcher({ file });
    await tools.aMailer(mailConfig(before.smtpUrl)).send(aMail({ subject: "Æ" }));
    await before.stop();

    const after = await tools.aCatcher({ file });

    expect(after.messages).toEqual(before.messages);
    after.clear();
    expect(readFileSync(file, "utf8")).toBe("");
  });

  test("leaves out what was not written to its end", async ({ tools }) => {
    const file = aFile();
    const before = await tools.aCatcher({ file });
    await tools.aMailer(mailConfig(before.smtpUrl)).send(aMail());
    await before.stop();
    const line = readFileSync(file, "utf8");
    writeFileSync(file, `${line}${line.slice(0, 40)}`);

    const after = await tools.aCatcher({ file });

    expect(after.messages).toHaveLength(1);
    expect(readFileSync(file, "utf8")).toBe(line);
  });
});

describe("faults", () => {
  test("are met as often as they say, and by whom they say", async ({ tools }) => {
    const catcher = await tools.aCatcher();
    const mailer = tools.aMailer(mailConfig(catcher.smtpUrl));
    const full = { effect: "reply", stage: "rcpt", code: 552, message: "5.2.2 Full" } as const;
    catcher.inject({ ...full, times: 2, match: "kari" });
    const send = async (address: string) =>
      (await mailer.send(aMail({ to: { name: "", address } }))).state;

    const states = [
      await send("per@example.org"),
      await send("kari@example.org"),
      await send("kari@example.org"),
      await send("kari@example.org"),
    ];

    expect(states).toEqual(["sent", "failed", "failed", "sent"]);
    expect(catcher.messages.map(({ envelope }) => envelope.to)).toEqual([
      ["per@example.org"],
      ["kari@example.org"],
    ]);
  });

  test("go on for ever until they are healed", async ({ tools }) => {
    const catcher = await tools.aCatcher();
    const mailer = tools.aMailer(mailConfig(catcher.smtpUrl));
    catcher.inject({
      effect: "reply",
      stage: "data",
      code: 451,
      message: "Later",
      times: Infinity,
    });

    const states = [(await mailer.send(aMail())).state, (await mailer.send(aMail())).state];
    catcher.heal();
    states.push((await mailer.send(aMail())).state);

    expect(states).toEqual(["failed", "failed", "sent"]);
    expect(catcher.messages).toHaveLength(1);
  });

  test("cannot ask for a recipient who is not known yet", async ({ tools }) => {
    const catcher = await tools.aCatcher();

    expect(() => catcher.inject({ effect: "hang", stage: "mail", match: "kari" })).toThrow(
      "At the stage mail the recipient is not known yet.",
    );
  });

  test("do not keep the catcher from stopping", async ({ tools }) => {
    const catcher = await tools.aCatcher();
    const { promise: met, resolve } = Promise.withResolvers<void>();
    catcher.inject({ effect: "hang", stage: "rcpt", onMet: resolve });
    const sending = tools
      .aMailer(mailConfig(catcher.smtpUrl), { socketTimeoutMs: 30_000 })
      .send(aMail());
    await met;

    await catcher.stop();

    expect(await sending).toMatchObject({ errorClass: "connection" });
    await catcher.stop();
  });
});

test("a port that is taken is said at the start, and nothing is left behind", async ({ tools }) => {
  const first = await tools.aCatcher();
  const taken = { port: portOf(first.smtpUrl), httpPort: portOf(first.inboxUrl) };
  const second = await tools.aCatcher();
  const port = portOf(second.smtpUrl);
  await second.stop();

  const { httpPort } = taken;
  await expect(tools.aCatcher({ port: taken.port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  await expect(tools.aCatcher({ port, httpPort })).rejects.toMatchObject({ code: "EADDRINUSE" });

  expect(portOf((await tools.aCatcher({ port })).smtpUrl)).toBe(port);
});

function portOf(url: string): number {
  return Number(new URL(url).port);
}

/** Speaks to the catcher without a library, one line after each answer. */
async function say(smtpUrl: string, lines: string[]): Promise<void> {
  const socket = connect(portOf(smtpUrl), "127.0.0.1");
  const toSay = lines.values();
  let reply = "";
  socket.setEncoding("latin1").on("data", (text: string) => {
    reply += text;
    if (!/^\d{3} .*\r\n$/m.test(reply)) return;
    reply = "";
    const { value } = toSay.next();
    if (value !== undefined) socket.write(Buffer.from(`${value}\r\n`, "latin1"));
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.on("close", () => resolve()).on("error", reject);
  await promise;
}
