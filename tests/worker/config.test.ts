import { describe, expect, test } from "vitest";
import { readConfig } from "../../worker/config.ts";
import { variables } from "./dynamics/servers.ts";

const DATABASE_URL = "postgres://mentor:secret@db.example.org:5432/mentor_lifecycle";

describe("C9: a value that is missing or wrong ends the start with its name and the cure", () => {
  test.for([
    { name: "no DATABASE_URL", variables: {}, says: /^DATABASE_URL must look like postgres:\/\// },
    { name: "an empty one", variables: { DATABASE_URL: "" }, says: /^DATABASE_URL must look like/ },
    {
      name: "another database's",
      variables: { DATABASE_URL: "mysql://mentor:secret@localhost/mentor" },
      says: /^DATABASE_URL must look like/,
    },
    {
      name: "a password that breaks the address",
      variables: { DATABASE_URL: "postgres://mentor:sec#ret@localhost/mentor" },
      says: /^DATABASE_URL must look like .*%40/,
    },
    {
      name: "a port that is none",
      variables: { DATABASE_URL: "postgres://mentor:secret@localhost:port/mentor" },
      says: /^DATABASE_URL must look like/,
    },
    {
      name: "an unknown level",
      variables: { DATABASE_URL, LOG_LEVEL: "loud" },
      says: /^LOG_LEVEL must be one of .*warn/,
    },
    {
      name: "two at once",
      variables: { LOG_LEVEL: "loud" },
      says: /^DATABASE_URL must .*; LOG_LEVEL must .*\.$/,
    },
    {
      name: "the portal's beside another",
      variables: { DATABASE_URL, LOG_LEVEL: "loud", DYNAMICS_URL: "https://portal.example.org" },
      says: /^LOG_LEVEL must .*; DYNAMICS_URL must .*; DYNAMICS_TENANT_ID must .*\.$/,
    },
    {
      name: "the mail's beside another",
      variables: { DATABASE_URL, LOG_LEVEL: "loud", SMTP_URL: "smtp://me:secret@" },
      says: /^LOG_LEVEL must .*; SMTP_URL must .*; MAIL_FROM must .*\.$/,
    },
  ])("$name", ({ variables, says }) => {
    const read = () => readConfig(variables);

    expect(read).toThrow(says);
    expect(read).not.toThrow(/sec#?ret/);
  });
});

describe("what is right is taken", () => {
  test.for([
    DATABASE_URL,
    "postgresql://localhost/mentor",
    "postgres:///mentor?host=/var/run/postgresql",
    "postgres://mentor:secret@/mentor?host=/var/run/postgresql",
    "postgres://mentor:sec%40ret@[::1]:5432/mentor?sslmode=verify-full",
  ])("%s", (url) => {
    expect(readConfig({ DATABASE_URL: url })).toMatchObject({ databaseUrl: url });
  });

  test("logs from info on, unless a level is given", () => {
    expect(readConfig({ DATABASE_URL }).logLevel).toBe("info");
    expect(readConfig({ DATABASE_URL, LOG_LEVEL: "debug" }).logLevel).toBe("debug");
  });

  test("sends mail if SMTP_URL says through whom", () => {
    const mail = { SMTP_URL: "smtps://mail.example.org", MAIL_FROM: "likeperson@hlf.no" };

    expect(readConfig({ DATABASE_URL }).mail).toBeUndefined();
    expect(readConfig({ DATABASE_URL, ...mail }).mail).toMatchObject({ host: "mail.example.org" });
  });

  test("has a portal if DYNAMICS_URL says where", () => {
    const portal = variables("https://association.crm4.dynamics.com", "http://127.0.0.1:5000");

    expect(readConfig({ DATABASE_URL }).dynamics).toBeUndefined();
    expect(readConfig({ DATABASE_URL, ...portal }).dynamics).toMatchObject({
      url: "https://association.crm4.dynamics.com",
    });
  });
});
