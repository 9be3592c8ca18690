import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { readMailConfig } from "../../../worker/mail/config.ts";

const MAIL_FROM = "HLF likepersoner <likeperson@hlf.no>";
const PASSWORD = "Sommer@2026";

function read(smtpUrl: string, mailFrom: string = MAIL_FROM) {
  return readMailConfig({ SMTP_URL: smtpUrl, MAIL_FROM: mailFrom });
}

describe("N5: where mail goes, and how", () => {
  test("nowhere without SMTP_URL, whatever else is set", () => {
    expect(readMailConfig({})).toEqual({ config: undefined });
    expect(readMailConfig({ MAIL_FROM: "nonsense" })).toEqual({ config: undefined });
    expect(readMailConfig({ SMTP_URL: "" })).toEqual({ config: undefined });
  });

  test.for([
    ["smtps://mail.example.org", { host: "mail.example.org", port: 465, encryption: "tls" }],
    ["smtps://mail.example.org:4650/", { port: 4650, encryption: "tls" }],
    ["smtp://mail.example.org", { host: "mail.example.org", port: 587, encryption: "starttls" }],
    ["smtp://mail.example.org:25", { port: 25, encryption: "starttls" }],
    ["smtp://MAIL.example.org", { host: "mail.example.org" }],
    ["smtp://127.0.0.1.example.org", { encryption: "starttls" }],
    ["smtp://10.0.0.5:25", { encryption: "starttls" }],
    ["smtp://127.0.0.1:1025", { host: "127.0.0.1", port: 1025, encryption: "none" }],
    ["smtp://localhost:1025", { host: "localhost", encryption: "none" }],
    ["smtp://[::1]:1025", { host: "::1", encryption: "none" }],
    ["smtps://localhost", { encryption: "tls" }],
  ] as const)("%s", ([url, expected]) => {
    expect(read(url).config).toMatchObject(expected);
  });

  test("the login is decoded, and its password does not show", () => {
    const { config } = read("smtps://likeperson%40hlf.no:Sommer%402026@mail.example.org");

    expect(config?.login?.user).toBe("likeperson@hlf.no");
    expect(config?.login?.password()).toBe(PASSWORD);
    expect(JSON.stringify(config) + inspect(config, { depth: 9 })).not.toContain("Sommer");
    expect(read("smtps://mail.example.org").config?.login).toBeUndefined();
  });

  test.for([
    [MAIL_FROM, { name: "HLF likepersoner", address: "likeperson@hlf.no" }],
    ["likeperson@hlf.no", { name: "", address: "likeperson@hlf.no" }],
    ["<likeperson@hlf.no>", { name: "", address: "likeperson@hlf.no" }],
    ['"HLF, likepersoner" <likeperson@hlf.no>', { name: "HLF, likepersoner" }],
    ["Hørselshemmedes Landsforbund <post@blåbær.no>", { address: "post@blåbær.no" }],
  ] as const)("from %s", ([mailFrom, expected]) => {
    expect(read("smtps://mail.example.org", mailFrom).config?.from).toMatchObject(expected);
  });
});

describe("C9: what is wrong is said with its name, and without the password", () => {
  test.for([
    ["mail.example.org", /^SMTP_URL must look like smtps:\/\//],
    ["https://mail.example.org", /^SMTP_URL must look like/],
    ["smtp://", /^SMTP_URL must look like/],
    ["smtp://:25", /^SMTP_URL must look like/],
    ["smtp://mail example.org", /^SMTP_URL must look like/],
    ["smtp://mail.example.org:port", /^SMTP_URL must look like/],
    ["smtp://mail.example.org/inbox", /^SMTP_URL must look like/],
    ["smtps://mail.example.org?tls.rejectUnauthorized=false", /^SMTP_URL must look like/],
    ["smtps://mail.example.org#secret", /^SMTP_URL must look like/],
    [`smtps://me:Sommer#2026@mail.example.org`, /^SMTP_URL must look like .*%40/],
    ["smtps://me@mail.example.org", /^SMTP_URL must look like/],
    ["smtps://:Sommer2026@mail.example.org", /^SMTP_URL must look like/],
    ["smtps://me:Sommer%ZZ@mail.example.org", /^SMTP_URL must look like/],
    ["smtp://mail.example.org:465", /^SMTP_URL must begin with smtps:\/\/ for port 465$/],
  ] as const)("SMTP_URL=%s", ([url, says]) => {
    const { problems } = read(url);

    expect(problems).toEqual([expect.stringMatching(says)]);
    expect(problems!.join()).not.toContain("Sommer");
  });

  test.for([
    "",
    "HLF",
    "likeperson@hlf",
    "likeperson@hlf.no, post@hlf.no",
    "likeperson@hlf.no post@hlf.no",
    "HLF <likeperson@hlf.no>, <post@hlf.no>",
    "post@hlf.no <likeperson@hlf.no>",
    "HLF <likeperson@hlf.no",
    "HLF\r\nBcc: <evil@example.org>",
  ])("MAIL_FROM=%j", (mailFrom) => {
    const { problems } = read("smtps://mail.example.org", mailFrom);

    expect(problems).toEqual([expect.stringMatching(/^MAIL_FROM must be one address/)]);
  });

  test("both at once", () => {
    expect(read("mail", "HLF").problems).toHaveLength(2);
    expect(readMailConfig({ SMTP_URL: "smtps://mail.example.org" }).problems).toEqual([
      expect.stringMatching(/^MAIL_FROM/),
    ]);
  });
});
