import { createPrivateKey } from "node:crypto";
import { describe, expect, test } from "vitest";
import { readDynamicsConfig } from "../../../worker/dynamics/config.ts";
import { aCertificate, aFile, aFolder } from "./certificates.ts";
import { CLIENT_ID, SECRET, TENANT_ID, variables } from "./servers.ts";

const GOOD = variables(
  "https://association.crm4.dynamics.com",
  "https://login.microsoftonline.com",
);

/** What is said about these changes to a configuration that is right. */
function problemsWith(changes: Record<string, string>): string {
  return readDynamicsConfig({ ...GOOD, ...changes }).problems?.join("; ") ?? "";
}

const SECRET_FILE = "DYNAMICS_CLIENT_SECRET_FILE";
const CERTIFICATE_FILE = "DYNAMICS_CLIENT_CERTIFICATE_FILE";

const proofBy = (variable: string, content: string) => ({
  DYNAMICS_CLIENT_SECRET: "",
  [variable]: aFile(content),
});

describe("C9: what is wrong is said with the variable and what it must look like", () => {
  test.for([
    ["DYNAMICS_URL", "association"],
    ["DYNAMICS_URL", "http://association.crm4.dynamics.com"],
    ["DYNAMICS_URL", "https://association.example.org"],
    ["DYNAMICS_URL", "https://crm4.dynamics.com"],
    ["DYNAMICS_URL", "https://association.crm4.dynamics.com.example.org"],
    ["DYNAMICS_URL", "https://association.crm4.dynamics.com/api/data/v9.2/"],
    ["DYNAMICS_URL", "https://association.crm4.dynamics.com?x=1"],
    ["DYNAMICS_URL", "https://association.crm4.dynamics.com#x"],
    ["DYNAMICS_URL", "https://user:pass@association.crm4.dynamics.com"],
    ["DYNAMICS_URL", "https://association.crm4.dynamics.com:8443"],
    ["DYNAMICS_URL", "http://169.254.169.254"],
    ["DYNAMICS_URL", "http://10.0.0.1"],
    ["DYNAMICS_URL", "http://localhost.example.org"],
    ["DYNAMICS_URL", "ftp://localhost"],
    ["DYNAMICS_TENANT_ID", ""],
    ["DYNAMICS_TENANT_ID", "common"],
    ["DYNAMICS_TENANT_ID", "a/b"],
    ["DYNAMICS_CLIENT_ID", ""],
    ["DYNAMICS_CLIENT_ID", "the app"],
    ["DYNAMICS_TOKEN_ENDPOINT", "http://login.microsoftonline.com/x/oauth2/v2.0/token"],
    ["DYNAMICS_TOKEN_ENDPOINT", "https://login.microsoftonline.com.example.org/token"],
    ["DYNAMICS_TOKEN_ENDPOINT", "https://login.example.org/token"],
    ["DYNAMICS_ENTITY_SET", ""],
    ["DYNAMICS_ENTITY_SET", "contacts(1)"],
    ["DYNAMICS_ID_COLUMN", ""],
    ["DYNAMICS_KEY_COLUMN", ""],
    ["DYNAMICS_KEY_COLUMN", "key,other"],
    ["DYNAMICS_VISIBLE_COLUMN", ""],
    ["DYNAMICS_VISIBLE_COLUMN", "Visible"],
    ["DYNAMICS_VISIBLE_COLUMN", "hlf_likepersonnr"],
    ["DYNAMICS_VISIBLE_UNTIL_COLUMN", ""],
    ["DYNAMICS_VISIBLE_UNTIL_COLUMN", "1st"],
    ["DYNAMICS_VERSION_COLUMN", "a b"],
    ["DYNAMICS_VERSION_COLUMN", "hlf_synlig"],
    ["DYNAMICS_SECRET_EXPIRES_ON", "31.03.2027"],
    ["DYNAMICS_SECRET_EXPIRES_ON", "2027-02-30"],
    ["DYNAMICS_ORGANIZATION_ID", "test"],
  ] as const)("%s=%s", ([variable, value]) => {
    const problems = problemsWith({ [variable]: value });

    expect(problems).toMatch(new RegExp(`^${variable} must `));
    expect(problems).not.toContain(SECRET);
    expect(problems).not.toContain("pass@");
  });

  test("all at once", () => {
    const { problems } = readDynamicsConfig({ DYNAMICS_URL: "x", DYNAMICS_CLIENT_SECRET: SECRET });

    expect(problems?.map((problem) => problem.split(" ")[0])).toEqual([
      "DYNAMICS_URL",
      "DYNAMICS_TENANT_ID",
      "DYNAMICS_CLIENT_ID",
      "DYNAMICS_ENTITY_SET",
      "DYNAMICS_ID_COLUMN",
      "DYNAMICS_KEY_COLUMN",
      "DYNAMICS_VISIBLE_COLUMN",
      "DYNAMICS_VISIBLE_UNTIL_COLUMN",
    ]);
  });

  test.for([
    ["none", { DYNAMICS_CLIENT_SECRET: "" }],
    ["two", { DYNAMICS_CLIENT_SECRET_FILE: "/dev/null" }],
  ] as const)("%s of the three proofs", ([, changes]) => {
    expect(problemsWith(changes)).toMatch(
      /exactly one of DYNAMICS_CLIENT_SECRET, DYNAMICS_CLIENT_SECRET_FILE, DYNAMICS_CLIENT_CERTIFICATE_FILE must be set/,
    );
  });
});

describe("files are looked at before the start", () => {
  const { key, cert } = aCertificate();
  const other = aCertificate();
  const small = aCertificate({ newKey: "rsa:1024" });
  const garbage = cert.replace(/\n.{10}/, "\nAAAAAAAAAA");
  const encrypted = createPrivateKey(key)
    .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "CANARY" })
    .toString();

  test.for([
    ["an empty file", SECRET_FILE, "", "first line is the client secret"],
    ["an empty first line", SECRET_FILE, "\nCANARY", "first line is the client secret"],
    ["a second line that is no date", SECRET_FILE, "CANARY\nnext year", "yyyy-mm-dd"],
    ["a large file", SECRET_FILE, "x".repeat(300_000), "at most 256 KB"],
    ["no key", CERTIFICATE_FILE, cert, "unencrypted RSA private key"],
    ["an encrypted key", CERTIFICATE_FILE, encrypted + cert, "unencrypted RSA private key"],
    ["a short key", CERTIFICATE_FILE, small.key + small.cert, "at least 2048 bits"],
    ["no certificate", CERTIFICATE_FILE, key, "belongs to the private key"],
    ["another key's certificate", CERTIFICATE_FILE, key + other.cert, "belongs to the private key"],
    ["a broken certificate", CERTIFICATE_FILE, key + garbage, "certificates can be parsed"],
  ] as const)("refuses %s in %s", ([, variable, content, says]) => {
    const problems = problemsWith(proofBy(variable, content));

    expect(problems).toMatch(new RegExp(`^${variable} must name a .*${says}`));
    expect(problems).not.toMatch(/CANARY|PRIVATE KEY-/);
  });

  test.for([SECRET_FILE, CERTIFICATE_FILE])("%s is not there, or is a folder", (variable) => {
    const missing = { DYNAMICS_CLIENT_SECRET: "", [variable]: "/nowhere/at-all" };
    const folder = { DYNAMICS_CLIENT_SECRET: "", [variable]: aFolder() };

    expect(problemsWith(missing)).toBe(`${variable} must name a file that can be read`);
    expect(problemsWith(folder)).toBe(`${variable} must name a file that can be read`);
  });

  test.for([
    ["a secret alone", SECRET_FILE, "CANARY", "secret-file"],
    ["a secret as Windows writes it", SECRET_FILE, "\uFEFFCANARY\r\n2027-03-31\r\n", "secret-file"],
    ["key and certificate", CERTIFICATE_FILE, key + cert, "certificate-file"],
    ["a chain in any order", CERTIFICATE_FILE, other.cert + cert + key, "certificate-file"],
  ] as const)("takes %s in %s", ([, variable, content, kind]) => {
    const changes = proofBy(variable, content);

    expect(readDynamicsConfig({ ...GOOD, ...changes }).config?.credential).toEqual({
      kind,
      path: changes[variable],
    });
  });
});

describe("what is right is taken", () => {
  test("without DYNAMICS_URL there is no portal, whatever else is set", () => {
    expect(readDynamicsConfig({})).toEqual({ config: undefined });
    expect(readDynamicsConfig({ DYNAMICS_URL: "", DYNAMICS_CLIENT_ID: "x" })).toEqual({
      config: undefined,
    });
  });

  test("everything", () => {
    const { config } = readDynamicsConfig({
      ...GOOD,
      DYNAMICS_TOKEN_ENDPOINT: "",
      DYNAMICS_SECRET_EXPIRES_ON: "2027-03-31",
      DYNAMICS_ORGANIZATION_ID: "66666666-FFFF-4FFF-8FFF-666666666666",
    });

    expect(config).toEqual({
      url: "https://association.crm4.dynamics.com",
      tenantId: TENANT_ID,
      clientId: CLIENT_ID,
      credential: { kind: "secret", secret: expect.any(Function) },
      tokenEndpoint: `https://login.microsoftonline.com/${TENANT_ID}/oauth2/v2.0/token`,
      columns: {
        entitySet: "contacts",
        id: "contactid",
        key: "hlf_likepersonnr",
        visible: "hlf_synlig",
        visibleUntil: "hlf_synligtil",
        version: "hlf_kildeversjon",
      },
      secretExpiresOn: "2027-03-31",
      organizationId: "66666666-ffff-4fff-8fff-666666666666",
    });
    expect(config?.credential.kind === "secret" && config.credential.secret()).toBe(SECRET);
  });

  test.for([
    ["DYNAMICS_URL", "https://association.crm4.dynamics.com/"],
    ["DYNAMICS_URL", "https://Association-Test.crm.dynamics.com"],
    ["DYNAMICS_URL", "https://association.api.crm19.dynamics.com"],
    ["DYNAMICS_URL", "http://127.0.0.1:5000"],
    ["DYNAMICS_URL", "http://localhost:5000"],
    ["DYNAMICS_URL", "http://[::1]:5000"],
    ["DYNAMICS_URL", "https://localhost:5000"],
    ["DYNAMICS_TENANT_ID", "association.onmicrosoft.com"],
    ["DYNAMICS_TOKEN_ENDPOINT", "https://login.microsoftonline.us/x/oauth2/v2.0/token"],
    ["DYNAMICS_TOKEN_ENDPOINT", "https://login.partner.microsoftonline.cn/x/oauth2/v2.0/token"],
    ["DYNAMICS_TOKEN_ENDPOINT", "http://127.0.0.1:5000/x/oauth2/v2.0/token"],
    ["DYNAMICS_VERSION_COLUMN", ""],
    ["DYNAMICS_SECRET_EXPIRES_ON", "2028-02-29"],
  ] as const)("%s=%s", ([variable, value]) => {
    expect(problemsWith({ [variable]: value })).toBe("");
  });
});
