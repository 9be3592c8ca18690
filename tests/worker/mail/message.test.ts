import { simpleParser } from "mailparser";
import type { AddressObject, ParsedMail } from "mailparser";
import { describe, expect } from "vitest";
import type { CaughtMail } from "../../../worker/local/mail/catcher.ts";
import type { OutgoingMail } from "../../../worker/mail/smtp.ts";
import { aMail, mailConfig, test } from "../../support/mail.ts";
import type { MailTools } from "../../support/mail.ts";

/** Sends a mail over a real connection; what came, and what a foreign parser makes of it. */
async function sent(
  tools: MailTools,
  changes: Partial<OutgoingMail>,
): Promise<{ caught: CaughtMail; parsed: ParsedMail }> {
  const catcher = await tools.aCatcher();
  const result = await tools.aMailer(mailConfig(catcher.smtpUrl)).send(aMail(changes));
  expect(result).toMatchObject({ state: "sent" });
  expect(catcher.messages).toHaveLength(1);
  const [caught] = catcher.messages;
  return { caught: caught!, parsed: await simpleParser(caught!.raw) };
}

function addresses(parsed: ParsedMail): AddressObject["value"] {
  return [parsed.to, parsed.cc, parsed.bcc].flat().flatMap((object) => object?.value ?? []);
}

describe.concurrent("N5: a mail as it goes over the wire", () => {
  test("has one recipient, a sender, and headers that keep robots from answering", async ({
    tools,
    expect,
  }) => {
    const { caught, parsed } = await sent(tools, { headers: { "X-Mentor-Lifecycle": "reminder" } });

    expect(caught.envelope).toEqual({
      from: "likeperson@hlf.no",
      to: ["kari.nordmann@example.org"],
    });
    expect(addresses(parsed)).toEqual([
      { name: "Kari Nordmann", address: "kari.nordmann@example.org" },
    ]);
    expect(parsed.from?.value).toEqual([
      { name: "HLF likepersoner", address: "likeperson@hlf.no" },
    ]);
    expect(parsed.messageId).toBe("<delivery-1.1@hlf.no>");
    expect(parsed.date).toBeInstanceOf(Date);
    const lines = headerLines(caught.raw);
    expect(lines).toEqual(
      expect.arrayContaining([
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
        "Content-Language: nb",
        "Message-ID: <delivery-1.1@hlf.no>",
        'List-ID: "HLF" <hlf.hlf.no>',
        "X-Mentor-Lifecycle: reminder",
        expect.stringMatching(/^Date: /),
      ]),
    );
  });

  test("carries æ, ø and å in names, subject, text and HTML, in ASCII headers", async ({
    tools,
    expect,
  }) => {
    const { caught, parsed } = await sent(tools, {
      to: { name: "Åse Ødegård", address: "ase@blåbær.no" },
      subject: "Påminnelse – sertifiseringen går ut 17. september 2026, Åse Ødegård",
      text: "Hei, Åse\n\nDu får én påminnelse.\n",
      html: "<p>Hei, Åse – én påminnelse</p>",
      organization: { slug: "hlf", name: "Hørselshemmedes Landsforbund" },
    });

    expect(addresses(parsed)).toEqual([
      { name: "Åse Ødegård", address: expect.stringMatching(/^ase@(blåbær|xn--blbr-roah)\.no$/) },
    ]);
    expect(caught.envelope.to).toHaveLength(1);
    expect(parsed.subject).toBe(
      "Påminnelse – sertifiseringen går ut 17. september 2026, Åse Ødegård",
    );
    expect(parsed.text).toBe("Hei, Åse\n\nDu får én påminnelse.\n");
    expect(parsed.html).toContain("<p>Hei, Åse – én påminnelse</p>");
    // oxlint-disable-next-line no-control-regex -- exactly ASCII
    expect(headerLines(caught.raw).join("\n")).toMatch(/^[\x20-\x7e\n]*$/);
  });

  test("comes from a list in ASCII, though the sender's domain has an å", async ({
    tools,
    expect,
  }) => {
    const catcher = await tools.aCatcher();
    const from = { name: "", address: "likeperson@blåbær.no" };

    await tools.aMailer(mailConfig(catcher.smtpUrl, { from })).send(aMail());

    expect(headerLines(catcher.messages[0]!.raw)).toContain(
      'List-ID: "HLF" <hlf.xn--blbr-roah.no>',
    );
  });

  test("is the same when it is repeated, but for its date and its boundaries", async ({
    tools,
    expect,
  }) => {
    const catcher = await tools.aCatcher();
    const mailer = tools.aMailer(mailConfig(catcher.smtpUrl));

    await mailer.send(aMail());
    await mailer.send(aMail());

    const [first, second] = catcher.messages.map(({ raw }) =>
      raw
        .toString()
        .replaceAll(/--_NmP-[^"\s]*/g, "boundary")
        .replace(/^Date: .*$/m, "Date"),
    );
    expect(second).toBe(first);
  });

  test("keeps lines that look like the end of a message", async ({ tools, expect }) => {
    const text = "Hei\n.\n..\nMAIL FROM:<evil@example.org>\n.\nQUIT\n";

    const { parsed } = await sent(tools, { text });

    expect(parsed.text).toBe(text);
  });

  test.for([
    "Nordmann, Kari",
    "Kari; evil@example.org",
    "evil@example.org, Kari",
    "Kari <evil@example.org>",
    'Kari" <evil@example.org>, "Per',
    "group: evil@example.org;",
    "=?utf-8?Q?=2C_evil=40example.org?=",
    "Kari (evil@example.org)",
    "Åse, evil@example.org",
    "",
  ])("has one recipient, whatever the name is: %s", async (name, { tools, expect }) => {
    const { caught, parsed } = await sent(tools, {
      to: { name, address: "kari@example.org" },
      organization: { slug: "hlf", name: `${name}H` },
    });

    expect(caught.envelope.to).toEqual(["kari@example.org"]);
    expect(addresses(parsed).map(({ address }) => address)).toEqual(["kari@example.org"]);
    expect(headerLines(caught.raw).join("\n")).toMatch(/^List-ID: .* <hlf\.hlf\.no>$/m);
  });
});

const ATTACKS: [string, Partial<OutgoingMail>, string][] = [
  ...[
    "kari@example.org, evil@example.org",
    "kari@example.org,evil@example.org",
    "kari@example.org;evil@example.org",
    "kari@example.org evil@example.org",
    "kari@example.org\r\nRCPT TO:<evil@example.org>",
    "kari@example.org\nBcc: evil@example.org",
    "kari@example.org> RCPT TO:<evil@example.org",
    "<kari@example.org>",
    "Kari <kari@example.org>",
    "group:kari@example.org;",
    '"kari nordmann"@example.org',
    "kari@evil@example.org",
    "kari@example.org\u2028",
    "kari@\u0000example.org",
    "kari@localhost",
    "kari@-example.org",
    "@example.org",
    `${"k".repeat(250)}@example.org`,
    "",
  ].map((address): [string, Partial<OutgoingMail>, string] => [
    `the address ${JSON.stringify(address)}`,
    { to: { name: "Kari", address } },
    "EADDRESS",
  ]),
  ["a name", { to: { name: "K\r\nBcc: e@example.org", address: "k@example.org" } }, "ENAME"],
  ["a subject", { subject: "Hei\r\nBcc: evil@example.org" }, "ESUBJECT"],
  ["a subject with one sign", { subject: "Hei\nBcc: evil@example.org" }, "ESUBJECT"],
  ["an id", { messageId: "<1@hlf.no>\r\nBcc: <evil@example.org>" }, "EMESSAGEID"],
  ["an id that is none", { messageId: "1" }, "EMESSAGEID"],
  ["a header", { headers: { "X-A": "1\r\nBcc: evil@example.org" } }, "EHEADER"],
  ["a header's name", { headers: { "X-A: 1\r\nBcc": "evil@example.org" } }, "EHEADER"],
  ["another header", { headers: { Bcc: "evil@example.org" } }, "EHEADER"],
  ["an organisation", { organization: { slug: "hlf", name: "HLF\r\nBcc: e@e.no" } }, "ELIST"],
  ["a slug", { organization: { slug: "hlf>\r\nBcc", name: "HLF" } }, "ELIST"],
];

describe.concurrent(
  "X3: whatever could reach somebody else is refused before anything is sent",
  () => {
    test.for(ATTACKS)("%s", async ([, changes, code], { tools, expect }) => {
      const catcher = await tools.aCatcher();

      const result = await tools.aMailer(mailConfig(catcher.smtpUrl)).send(aMail(changes));

      expect(result).toEqual({ state: "failed", errorClass: "rejected", code });
      expect(catcher.connections).toBe(0);
    });
  },
);

/** Each header in one line. */
function headerLines(raw: Buffer): string[] {
  const [head] = raw.toString().split("\r\n\r\n", 1);
  return head!.replaceAll(/\r\n[ \t]/g, " ").split("\r\n");
}
