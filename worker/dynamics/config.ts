import { z } from "zod";
import { readCertificateFile, readSecretFile } from "./credential-files.ts";
import type { ListingColumns } from "./listing.ts";

/** Where the login's proof comes from. Files are read whenever a token is fetched. */
export type CredentialSource =
  /** A function, so that no log line and no inspection of the configuration shows the secret. */
  | { kind: "secret"; secret: () => string }
  | { kind: "secret-file"; path: string }
  | { kind: "certificate-file"; path: string };

export interface DynamicsConfig {
  /** Origin of the environment, without a slash at the end. */
  url: string;
  tenantId: string;
  clientId: string;
  credential: CredentialSource;
  /** Address of Entra's token endpoint for this tenant. */
  tokenEndpoint: string;
  columns: ListingColumns;
  /** Last day of the secret, yyyy-mm-dd; a date in the secret's own file goes before it. */
  secretExpiresOn: string | undefined;
  /** The environment that has to answer; whoever asks who it is compares. */
  organizationId: string | undefined;
}

const URL_LOOKS_LIKE =
  "must look like https://association.crm4.dynamics.com, without path, login or query";
const TOKEN_ENDPOINT_LOOKS_LIKE =
  "must look like https://login.microsoftonline.com/<tenant>/oauth2/v2.0/token";
const GUID_LOOKS_LIKE = "must look like 6f1c2a3b-0d4e-4f5a-8b6c-7d8e9f0a1b2c";
const TENANT_LOOKS_LIKE = `${GUID_LOOKS_LIKE}, or be a domain of the tenant`;
const NAME_LOOKS_LIKE = "must be a name in lower-case letters, digits and underscores";

const DATAVERSE_HOST = /^[a-z0-9][a-z0-9-]*(\.api)?\.crm\d*\.dynamics\.com$/;
const LOGIN_HOSTS = new Set([
  "login.microsoftonline.com",
  "login.microsoftonline.us",
  "login.partner.microsoftonline.cn",
]);
const LOOPBACK_HOSTS = new Set(["127.0.0.1", "[::1]", "localhost"]);
const TENANT_DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i;

const PROOFS = [
  "DYNAMICS_CLIENT_SECRET",
  "DYNAMICS_CLIENT_SECRET_FILE",
  "DYNAMICS_CLIENT_CERTIFICATE_FILE",
] as const;
const COLUMNS = [
  "DYNAMICS_ID_COLUMN",
  "DYNAMICS_KEY_COLUMN",
  "DYNAMICS_VISIBLE_COLUMN",
  "DYNAMICS_VISIBLE_UNTIL_COLUMN",
  "DYNAMICS_VERSION_COLUMN",
] as const;

const VARIABLE_OF: Record<CredentialSource["kind"], (typeof PROOFS)[number]> = {
  secret: "DYNAMICS_CLIENT_SECRET",
  "secret-file": "DYNAMICS_CLIENT_SECRET_FILE",
  "certificate-file": "DYNAMICS_CLIENT_CERTIFICATE_FILE",
};

const guid = z.guid(GUID_LOOKS_LIKE).toLowerCase();
const name = z.string(NAME_LOOKS_LIKE).regex(/^[a-z][a-z0-9_]*$/, NAME_LOOKS_LIKE);

const environment = z.object({
  DYNAMICS_URL: z.string().refine(isEnvironmentUrl, URL_LOOKS_LIKE),
  DYNAMICS_TENANT_ID: z
    .string(TENANT_LOOKS_LIKE)
    .refine(
      (text) => z.guid().safeParse(text).success || TENANT_DOMAIN.test(text),
      TENANT_LOOKS_LIKE,
    ),
  DYNAMICS_CLIENT_ID: guid,
  DYNAMICS_CLIENT_SECRET: z.string().optional(),
  DYNAMICS_CLIENT_SECRET_FILE: file(readSecretFile).optional(),
  DYNAMICS_CLIENT_CERTIFICATE_FILE: file(readCertificateFile).optional(),
  DYNAMICS_TOKEN_ENDPOINT: z.string().refine(isTokenEndpoint, TOKEN_ENDPOINT_LOOKS_LIKE).optional(),
  DYNAMICS_ENTITY_SET: name,
  DYNAMICS_ID_COLUMN: name,
  DYNAMICS_KEY_COLUMN: name,
  DYNAMICS_VISIBLE_COLUMN: name,
  DYNAMICS_VISIBLE_UNTIL_COLUMN: name,
  DYNAMICS_VERSION_COLUMN: name.optional(),
  DYNAMICS_SECRET_EXPIRES_ON: z.iso.date("must be a date like 2027-03-31").optional(),
  DYNAMICS_ORGANIZATION_ID: guid.optional(),
});

type Values = z.infer<typeof environment>;

/** The configuration, or what is wrong with it: one sentence per problem, without a full stop. */
export type ReadDynamicsConfig =
  { config: DynamicsConfig | undefined; problems?: never } | { config?: never; problems: string[] };

/** Reads and checks the variables of Dynamics; without DYNAMICS_URL there is no portal to keep. */
export function readDynamicsConfig(variables: NodeJS.ProcessEnv): ReadDynamicsConfig {
  const given = Object.fromEntries(
    Object.entries(variables).filter(([name, value]) => name.startsWith("DYNAMICS_") && value),
  );
  if (given["DYNAMICS_URL"] === undefined) return { config: undefined };
  const result = environment.safeParse(given);
  const issues = result.error?.issues ?? [];
  const problems = [
    ...issues.map((issue) => `${issue.path.join(".")} ${issue.message}`),
    ...combinationProblems(given),
  ];
  if (!result.success || problems.length > 0) return { problems };
  return { config: toConfig(result.data) };
}

/** The variable that an operator has to look at. */
export function variableOf(credential: CredentialSource): string {
  return VARIABLE_OF[credential.kind];
}

function combinationProblems(given: Record<string, string | undefined>): string[] {
  const problems: string[] = [];
  const proofs = PROOFS.filter((name) => given[name] !== undefined);
  if (proofs.length !== 1) {
    problems.push(`exactly one of ${PROOFS.join(", ")} must be set`);
  }
  for (const [index, column] of COLUMNS.entries()) {
    const twin = COLUMNS.slice(0, index).find((other) => given[other] === given[column]);
    if (given[column] !== undefined && twin !== undefined) {
      problems.push(`${column} must name another column than ${twin}`);
    }
  }
  return problems;
}

function toConfig(values: Values): DynamicsConfig {
  return {
    url: new URL(values.DYNAMICS_URL).origin,
    tenantId: values.DYNAMICS_TENANT_ID,
    clientId: values.DYNAMICS_CLIENT_ID,
    credential: credentialSource(values),
    tokenEndpoint:
      values.DYNAMICS_TOKEN_ENDPOINT ??
      `https://login.microsoftonline.com/${values.DYNAMICS_TENANT_ID}/oauth2/v2.0/token`,
    columns: {
      entitySet: values.DYNAMICS_ENTITY_SET,
      id: values.DYNAMICS_ID_COLUMN,
      key: values.DYNAMICS_KEY_COLUMN,
      visible: values.DYNAMICS_VISIBLE_COLUMN,
      visibleUntil: values.DYNAMICS_VISIBLE_UNTIL_COLUMN,
      version: values.DYNAMICS_VERSION_COLUMN,
    },
    secretExpiresOn: values.DYNAMICS_SECRET_EXPIRES_ON,
    organizationId: values.DYNAMICS_ORGANIZATION_ID,
  };
}

function credentialSource(values: Values): CredentialSource {
  const {
    DYNAMICS_CLIENT_SECRET: secret = "",
    DYNAMICS_CLIENT_SECRET_FILE: secretFile,
    DYNAMICS_CLIENT_CERTIFICATE_FILE: certificateFile,
  } = values;
  if (secretFile !== undefined) return { kind: "secret-file", path: secretFile };
  if (certificateFile !== undefined) return { kind: "certificate-file", path: certificateFile };
  return { kind: "secret", secret: () => secret };
}

/** A path whose file can be read now; what is read later may be another one by then. */
function file(read: (path: string) => unknown) {
  return z.string().superRefine((path, context) => {
    try {
      read(path);
    } catch (error) {
      context.addIssue({ code: "custom", message: (error as Error).message });
    }
  });
}

function isEnvironmentUrl(text: string): boolean {
  const url = parseAddress(text);
  if (url === undefined || url.pathname !== "/") return false;
  return isLoopback(url) || (url.protocol === "https:" && DATAVERSE_HOST.test(url.host));
}

function isTokenEndpoint(text: string): boolean {
  const url = parseAddress(text);
  if (url === undefined) return false;
  return isLoopback(url) || (url.protocol === "https:" && LOGIN_HOSTS.has(url.host));
}

/** Undefined for anything but http or https, and for addresses with login, query or fragment. */
function parseAddress(text: string): URL | undefined {
  const url = URL.parse(text);
  const isPlain = url !== null && !/[@?#\s]/.test(text) && /^https?:$/.test(url.protocol);
  return isPlain ? url : undefined;
}

/** Plain http is for a simulator on the same machine, where nobody can listen. */
function isLoopback(url: URL): boolean {
  return LOOPBACK_HOSTS.has(url.hostname);
}
