import { describe, expect } from "vitest";
import type { Fault, Stage } from "../../../worker/local/mail/catcher.ts";
import type { SendErrorClass } from "../../../worker/mail/smtp.ts";
import { aMail, mailConfig, test } from "../../support/mail.ts";

function reply(stage: Stage, code: number, message: string): Fault {
  return { effect: "reply", stage, code, message };
}

/** What the server does, what it means, and which code is kept. */
const REPLIES: [Fault, SendErrorClass, string][] = [
  [reply("connect", 421, "4.3.2 Not now"), "connection", "421 4.3.2"],
  [reply("connect", 554, "No service here"), "connection", "554"],
  [reply("mail", 451, "4.3.0 Try later"), "temporary", "451 4.3.0"],
  [reply("mail", 421, "4.7.0 Too many"), "temporary", "421 4.7.0"],
  [reply("mail", 503, "5.5.1 Bad sequence"), "temporary", "503 5.5.1"],
  [reply("mail", 530, "5.7.0 Authentication required"), "login", "530 5.7.0"],
  [reply("mail", 550, "5.1.8 Sender refused"), "rejected", "550 5.1.8"],
  [reply("rcpt", 450, "4.2.0 Greylisted"), "temporary", "450 4.2.0"],
  [reply("rcpt", 421, "4.7.0 Closing"), "temporary", "421 4.7.0"],
  [reply("rcpt", 452, "4.2.2 Full"), "mailbox_full", "452 4.2.2"],
  [reply("rcpt", 452, "Full"), "mailbox_full", "452"],
  [reply("rcpt", 452, "4.3.1 Our own disk is full"), "temporary", "452 4.3.1"],
  [reply("rcpt", 552, "5.2.2 Full"), "mailbox_full", "552 5.2.2"],
  [reply("rcpt", 550, "5.2.2 Full"), "mailbox_full", "550 5.2.2"],
  [reply("rcpt", 550, "5.1.1 No such user"), "rejected", "550 5.1.1"],
  [reply("rcpt", 550, "No such user"), "rejected", "550"],
  [reply("data", 451, "4.7.1 Greylisted"), "temporary", "451 4.7.1"],
  [reply("data", 421, "4.3.2 Closing"), "temporary", "421 4.3.2"],
  [reply("data", 552, "Full"), "mailbox_full", "552"],
  [reply("data", 552, "5.3.4 Message too big"), "rejected", "552 5.3.4"],
  [reply("data", 554, "5.7.1 Looks like spam"), "rejected", "554 5.7.1"],
];

/** Nobody answers; before the message is handed over that is harmless, after it nobody knows. */
const SILENCES: [Fault, SendErrorClass, string][] = [
  [{ effect: "hang", stage: "connect" }, "connection", "ETIMEDOUT"],
  [{ effect: "hang", stage: "mail" }, "connection", "ETIMEDOUT"],
  [{ effect: "hang", stage: "rcpt" }, "connection", "ETIMEDOUT"],
  [{ effect: "hang", stage: "data" }, "ambiguous", "ETIMEDOUT"],
  [{ effect: "drop", stage: "connect", times: Infinity }, "connection", "ECONNECTION"],
  [{ effect: "drop", stage: "mail" }, "connection", "ECONNECTION"],
  [{ effect: "drop", stage: "rcpt" }, "connection", "ECONNECTION"],
  [{ effect: "drop", stage: "data" }, "ambiguous", "ECONNECTION"],
  [{ effect: "drop_at_end", stage: "data", stored: false }, "ambiguous", "ECONNECTION"],
];

describe.concurrent.for([true, false])("with pipelining: %s", (pipelining) => {
  test.for(REPLIES)("a reply %o is %s", async ([fault, errorClass, code], { tools, expect }) => {
    const catcher = await tools.aCatcher({ pipelining });
    const mailer = tools.aMailer(mailConfig(catcher.smtpUrl), { socketTimeoutMs: 30_000 });
    catcher.inject(fault);

    const result = await mailer.send(aMail());

    expect(result).toMatchObject({ state: "failed", errorClass, code });
    expect(catcher.messages).toHaveLength(0);
    expect(await mailer.send(aMail())).toMatchObject({ state: "sent" });
    expect(catcher.messages).toHaveLength(1);
  });

  test.for(SILENCES)("silence %o is %s", async ([fault, errorClass, code], { tools, expect }) => {
    const catcher = await tools.aCatcher({ pipelining });
    const mailer = tools.aMailer(mailConfig(catcher.smtpUrl));
    catcher.inject(fault);

    const result = await mailer.send(aMail());

    expect(result).toEqual({ state: "failed", errorClass, code });
    expect(catcher.messages).toHaveLength(0);
    catcher.heal();
    expect(await mailer.send(aMail())).toMatchObject({ state: "sent" });
  });

  test("N3: accepted and then silent is ambiguous, and the repeat is recognisable", async ({
    tools,
    expect,
  }) => {
    const catcher = await tools.aCatcher({ pipelining });
    const mailer = tools.aMailer(mailConfig(catcher.smtpUrl));
    catcher.inject({ effect: "drop_at_end", stage: "data", stored: true });

    const results = [await mailer.send(aMail()), await mailer.send(aMail())];

    expect(results).toMatchObject([{ errorClass: "ambiguous" }, { state: "sent" }]);
    expect(catcher.messages.map(({ messageId }) => messageId)).toEqual([
      "<delivery-1.1@hlf.no>",
      "<delivery-1.1@hlf.no>",
    ]);
  });

  test("N3: an answer that is none leaves it open whether the mail has gone", async ({
    tools,
    expect,
  }) => {
    // The first line of the message starts a reply that is longer than any.
    const server = await tools.aServer({
      DATA: "354 go ahead\r\n",
      "Auto-Submitted:": `250-${"x".repeat(1_100_000)}`,
    });

    const result = await tools.aMailer(mailConfig(`smtp://127.0.0.1:${server.port}`)).send(aMail());

    expect(result).toEqual({ state: "failed", errorClass: "ambiguous", code: "EPROTOCOL" });
  });

  test("N3: the mailer itself never hands a message over twice", async ({ tools, expect }) => {
    const catcher = await tools.aCatcher({ pipelining });
    const mailer = tools.aMailer(mailConfig(catcher.smtpUrl));
    await mailer.send(aMail());
    // On a connection that was used before, which a library may be tempted to replace.
    catcher.inject({ effect: "drop_at_end", stage: "data", stored: true });

    const result = await mailer.send(aMail({ messageId: "<delivery-2.1@hlf.no>" }));
    await mailer.close();

    expect(result).toMatchObject({ errorClass: "ambiguous" });
    expect(catcher.messages).toHaveLength(2);
  });

  test.for([
    reply("mail", 421, "4.4.2 Enough for one connection"),
    { effect: "drop", stage: "mail" },
    { effect: "drop", stage: "rcpt" },
  ] satisfies Fault[])(
    "a used connection that ends before the message is replaced: %o",
    async (fault, { tools, expect }) => {
      const catcher = await tools.aCatcher({ pipelining });
      const mailer = tools.aMailer(mailConfig(catcher.smtpUrl));
      await mailer.send(aMail());
      catcher.inject(fault);

      const result = await mailer.send(aMail());

      expect(result).toMatchObject({ state: "sent" });
      expect(catcher.messages).toHaveLength(2);
      expect(catcher.connections).toBe(2);
    },
  );
});

describe.concurrent("a send ends", () => {
  test.for([
    ["rcpt", "connection"],
    ["data", "ambiguous"],
  ] as const)(
    "at its deadline, though the server goes on talking at %s",
    async ([stage, errorClass], { tools, expect }) => {
      const catcher = await tools.aCatcher();
      const mailer = tools.aMailer(mailConfig(catcher.smtpUrl), {
        socketTimeoutMs: 60_000,
        deadlineMs: 1500,
      });
      catcher.inject({ effect: "trickle", stage, everyMs: 20 });

      const result = await mailer.send(aMail());

      expect(result).toEqual({ state: "failed", errorClass, code: "ETIMEDOUT" });
    },
  );

  test.for([
    ["rcpt", "connection"],
    ["data", "ambiguous"],
  ] as const)(
    "when the caller gives up at %s, and says whether the mail may have gone",
    async ([stage, errorClass], { tools, expect }) => {
      const catcher = await tools.aCatcher();
      const mailer = tools.aMailer(mailConfig(catcher.smtpUrl), { socketTimeoutMs: 60_000 });
      const caller = new AbortController();
      catcher.inject({ effect: "hang", stage, onMet: () => caller.abort() });

      const result = await mailer.send(aMail(), caller.signal);

      expect(result).toEqual({ state: "failed", errorClass, code: "EABORT" });
    },
  );

  test("before it begins, if the caller has given up already", async ({ tools, expect }) => {
    const catcher = await tools.aCatcher();
    const mailer = tools.aMailer(mailConfig(catcher.smtpUrl));

    const result = await mailer.send(aMail(), AbortSignal.abort());

    expect(result).toEqual({ state: "failed", errorClass: "connection", code: "EABORT" });
    expect(catcher.connections).toBe(0);
  });

  test("when the mailer is closed: what is under way is finished, what comes later is not begun", async ({
    tools,
    expect,
  }) => {
    const catcher = await tools.aCatcher();
    const mailer = tools.aMailer(mailConfig(catcher.smtpUrl));
    const { promise: met, resolve } = Promise.withResolvers<void>();
    catcher.inject({ effect: "slow", stage: "data", delayMs: 50, onMet: resolve });
    const states: string[] = [];
    const underWay = mailer.send(aMail()).then(({ state }) => states.push(state));
    await met;

    await mailer.close();

    expect(states).toEqual(["sent"]);
    await underWay;
    expect(await mailer.send(aMail())).toMatchObject({ errorClass: "connection" });
    expect(catcher.messages).toHaveLength(1);
  });
});

describe.concurrent("nobody is reached", () => {
  test("no server listens", async ({ tools, expect }) => {
    const catcher = await tools.aCatcher();
    const mailer = tools.aMailer(mailConfig(catcher.smtpUrl));
    await catcher.stop();

    expect(await mailer.send(aMail())).toEqual({
      state: "failed",
      errorClass: "connection",
      code: "ECONNREFUSED",
    });
  });

  test("no host has the name", async ({ tools, expect }) => {
    const config = mailConfig("smtps://mail.invalid");
    const mailer = tools.aMailer(config, { connectionTimeoutMs: 2000 });

    expect(await mailer.send(aMail())).toMatchObject({ errorClass: "connection" });
  });
});

describe.concurrent("the login", () => {
  const login = { user: "likeperson@hlf.no", password: "Sommer@2026" };

  test("is used if there is one", async ({ tools, expect }) => {
    const catcher = await tools.aCatcher({ login });
    const mailer = tools.aMailer(mailConfig(catcher.smtpUrl));

    expect(await mailer.send(aMail())).toMatchObject({ state: "sent" });
  });

  test.for([
    ["wrong", { user: login.user, password: () => "Winter" }, "535 5.7.8"],
    ["missing", undefined, "530"],
  ] as const)("is %s", async ([, given, code], { tools, expect }) => {
    const catcher = await tools.aCatcher({ login });
    const mailer = tools.aMailer(mailConfig(catcher.smtpUrl, { login: given }));

    const result = await mailer.send(aMail());

    expect(result).toMatchObject({ errorClass: "login", code });
    expect(JSON.stringify(result)).not.toContain("Winter");
  });

  test("cannot be checked at the moment, which is no reason to change it", async ({
    tools,
    expect,
  }) => {
    const server = await tools.aServer({
      EHLO: "250-mail\r\n250 AUTH PLAIN\r\n",
      AUTH: "454 4.7.0 Temporary authentication failure\r\n",
    });
    const config = mailConfig(`smtp://me:secret@127.0.0.1:${server.port}`);

    expect(await tools.aMailer(config).send(aMail())).toMatchObject({
      errorClass: "connection",
      code: "454 4.7.0",
    });
  });
});

describe.concurrent("X3: nothing is said in the clear to another machine", () => {
  const login = { user: "me", password: () => "secret" };

  test("neither login nor recipient, if the server does not encrypt", async ({ tools, expect }) => {
    const server = await tools.aServer({
      EHLO: "250-mail\r\n250 AUTH PLAIN\r\n",
      STARTTLS: "502 5.5.1 Not implemented\r\n",
    });
    const config = mailConfig(`smtp://127.0.0.1:${server.port}`, { encryption: "starttls", login });

    const result = await tools.aMailer(config).send(aMail());

    expect(result).toMatchObject({ errorClass: "connection" });
    expect(server.commands.map((command) => command.split(" ", 1)[0])).toEqual([
      "EHLO",
      "STARTTLS",
    ]);
  });

  test("nor to one that cannot prove who it is", async ({ tools, expect }) => {
    const catcher = await tools.aCatcher({ startTls: true });
    const config = mailConfig(catcher.smtpUrl, { encryption: "starttls" });

    const result = await tools.aMailer(config).send(aMail());

    expect(result).toMatchObject({
      errorClass: "connection",
      code: expect.stringMatching(/CERT|SIGNED/),
    });
    expect(catcher.messages).toHaveLength(0);
  });

  test("nor to one that answers smtps:// without encryption", async ({ tools, expect }) => {
    const catcher = await tools.aCatcher();
    const config = mailConfig(catcher.smtpUrl, { encryption: "tls" });

    const result = await tools.aMailer(config).send(aMail());

    expect(result).toMatchObject({ errorClass: "connection" });
    expect(catcher.messages).toHaveLength(0);
  });

  test("while on this machine a certificate that proves nothing is in nobody's way", async ({
    tools,
    expect,
  }) => {
    const catcher = await tools.aCatcher({ startTls: true });

    const result = await tools.aMailer(mailConfig(catcher.smtpUrl)).send(aMail());

    expect(result).toMatchObject({ state: "sent" });
  });
});

describe.concurrent("what the server said is kept without the recipient", () => {
  test.for([
    "5.1.1 <kari.nordmann@example.org>: no such user",
    "5.1.1 KARI.NORDMANN@EXAMPLE.ORG is unknown",
    "5.1.1 User kari.nordmann unknown at example.org",
    "5.1.1 kari.nordmann=40example.org@relay.example.org",
  ])("%s", async (message, { tools, expect }) => {
    const catcher = await tools.aCatcher();
    catcher.inject({ effect: "reply", stage: "rcpt", code: 550, message });

    const result = await tools.aMailer(mailConfig(catcher.smtpUrl)).send(aMail());

    expect(result).toMatchObject({ response: expect.stringMatching(/^550 5\.1\.1 .*…/) });
    expect(JSON.stringify(result)).not.toMatch(/kari|nordmann/i);
  });

  test("in one line of at most 200 characters", async ({ tools, expect }) => {
    const server = await tools.aServer({
      RCPT: `550-5.7.1 one\r\n550-5.7.1 \ttwo\r\n550 5.7.1 ${"three ".repeat(100)}\r\n`,
    });
    const config = mailConfig(`smtp://127.0.0.1:${server.port}`);

    const result = await tools.aMailer(config).send(aMail());

    expect(result).toMatchObject({
      errorClass: "rejected",
      code: "550 5.7.1",
      response: expect.stringMatching(
        /^550-5\.7\.1 one 550-5\.7\.1 two 550 5\.7\.1 three .{1,160}…$/,
      ),
    });
    expect((result as { response: string }).response).toHaveLength(200);
  });
});

test("several mails share connections, and never more than allowed", async ({ tools }) => {
  const catcher = await tools.aCatcher();
  const mailer = tools.aMailer(mailConfig(catcher.smtpUrl), { maxConnections: 2 });
  const mails = Array.from({ length: 10 }, (_, n) => aMail({ messageId: `<m-${n}@hlf.no>` }));

  const results = await Promise.all(mails.map((mail) => mailer.send(mail)));

  expect(results.filter(({ state }) => state === "sent")).toHaveLength(10);
  expect(catcher.connections).toBe(2);
  expect(new Set(catcher.messages.map(({ messageId }) => messageId)).size).toBe(10);
});
