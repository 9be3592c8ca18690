import { describe, expect, test } from "vitest";
import { readApiConfig } from "../../../worker/api/config.ts";
import { readApiEnvironment, readConfig } from "../../../worker/config.ts";

const SECRET = "s3cret-of-thirty-two-bytes-or-more";
const GOOD = {
  DATABASE_URL: "postgres://owner:secret@localhost/mentor",
  JWT_SECRET: SECRET,
  JWT_ISSUER: "https://login.example.org/",
  JWT_AUDIENCE: "mentor-lifecycle",
};

describe("X3: a value that is missing or wrong ends the start with its name and the cure", () => {
  test.for<[name: string, variables: NodeJS.ProcessEnv, says: RegExp]>([
    ["a short secret", { JWT_SECRET: "ø".repeat(15) }, /^JWT_SECRET must have at least 32 bytes/],
    ["no keys", { JWT_SECRET: "" }, /^exactly one of JWT_SECRET, JWKS_URL must be set/],
    [
      "both",
      { JWKS_URL: "https://login.example.org/keys" },
      /^exactly one of JWT_SECRET, JWKS_URL/,
    ],
    [
      "keys that anybody on the way may replace",
      { JWT_SECRET: "", JWKS_URL: "http://login.example.org/keys" },
      /^JWKS_URL must look like https:/,
    ],
    ["no issuer", { JWT_ISSUER: "" }, /^JWT_ISSUER must be the iss claim/],
    ["no audience", { JWT_AUDIENCE: "" }, /^JWT_AUDIENCE must be the aud claim/],
    ["a port that is none", { PORT: "http" }, /^PORT must be a number/],
    ["a port beyond all ports", { PORT: "65536" }, /^PORT must be a number/],
    [
      "another database's address",
      { API_DATABASE_URL: "mysql://x" },
      /^API_DATABASE_URL must look/,
    ],
    ["every origin", { CORS_ORIGINS: "*" }, /^CORS_ORIGINS must be origins/],
    ["an origin with a path", { CORS_ORIGINS: "https://a.example.org/x" }, /^CORS_ORIGINS must be/],
    ["an origin in the clear", { CORS_ORIGINS: "http://a.example.org" }, /^CORS_ORIGINS must be/],
    ["a folder that is not there", { TRUSTED_DOCUMENTS: "/nowhere" }, /^TRUSTED_DOCUMENTS must be/],
    ["a switch that is neither", { GRAPHIQL: "perhaps" }, /^GRAPHIQL must be on or off/],
    ["a claim that is none", { JWT_SUBJECT_CLAIM: "a b" }, /^JWT_SUBJECT_CLAIM must be the name/],
  ])("%s", ([, variables, says]) => {
    const { problems = [] } = readApiConfig({ ...GOOD, ...variables });

    expect(problems.join("; ")).toMatch(says);
    expect(problems.join("; ")).not.toContain(SECRET);
  });

  test("all of them in one sentence, for a process that is the API alone", () => {
    const variables = { LOG_LEVEL: "loud", JWT_SECRET: SECRET };

    expect(() => readApiEnvironment(variables)).toThrow(
      /^LOG_LEVEL must .*; API_DATABASE_URL must .*; JWT_ISSUER must .*\.$/,
    );
  });
});

describe("what is right is taken", () => {
  test("with what holds unless something is said: this machine, closed, no other origin", () => {
    const { config } = readApiConfig(GOOD);

    expect(config).toMatchObject({
      databaseUrl: GOOD.DATABASE_URL,
      host: "127.0.0.1",
      port: 5678,
      isOpen: false,
      corsOrigins: new Set(),
      trustedDocuments: undefined,
      tokens: { issuer: GOOD.JWT_ISSUER, audience: GOOD.JWT_AUDIENCE, subjectClaim: "sub" },
    });
    expect(JSON.stringify(config)).not.toContain(SECRET);
  });

  test("and its own login before the owner's", () => {
    const API_DATABASE_URL = "postgres://visitor:secret@localhost/mentor";

    expect(readApiConfig({ ...GOOD, API_DATABASE_URL }).config?.databaseUrl).toBe(API_DATABASE_URL);
  });

  test("plain http for this machine only", () => {
    const JWKS_URL = "http://127.0.0.1:8080/keys";

    expect(readApiConfig({ ...GOOD, JWT_SECRET: "", JWKS_URL }).config?.tokens.keys).toEqual({
      kind: "jwks",
      url: new URL(JWKS_URL),
    });
  });

  test("a worker needs nothing of it, and says what is wrong of it if it is there", () => {
    const { DATABASE_URL } = GOOD;

    expect(readConfig({ DATABASE_URL }).api).toBeUndefined();
    expect(readConfig(GOOD).api?.port).toBe(5678);
    expect(() => readConfig({ ...GOOD, PORT: "x" })).toThrow(/^PORT must be/);
  });
});
