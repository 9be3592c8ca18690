import { statSync } from "node:fs";
import { z } from "zod";

/** What proves that a token is genuine. */
export type TokenKeys =
  /** A function, so that no log line and no inspection of the configuration shows the secret. */
  { kind: "secret"; secret: () => Uint8Array } | { kind: "jwks"; url: URL };

export interface TokenConfig {
  keys: TokenKeys;
  issuer: string;
  audience: string;
  /** The claim that holds a person's auth_subject. */
  subjectClaim: string;
  /** Subjects that are programs: their tokens count as service tokens. */
  serviceSubjects: ReadonlySet<string>;
}

export interface ApiConfig {
  /** Login that may only become the visitor role. */
  databaseUrl: string;
  host: string;
  port: number;
  tokens: TokenConfig;
  /** Origins of web pages that may ask the API from a browser. */
  corsOrigins: ReadonlySet<string>;
  /** Folder of the only documents that are answered; undefined: all are. */
  trustedDocuments: string | undefined;
  /** Whether the schema can be looked at, and GraphiQL is there to do so. */
  isOpen: boolean;
  /** Whether the address of a caller is what the proxy before us says. */
  isBehindProxy: boolean;
}

const LEAST_SECRET = 32;
const LOOPBACK_HOSTS = new Set(["127.0.0.1", "[::1]", "localhost"]);

const DATABASE_URL_LOOKS_LIKE = "must look like postgres://user:password@host:5432/database";
const PORT_LOOKS_LIKE = "must be a number from 1 to 65535, such as 5678";
const HOST_LOOKS_LIKE = "must be an address to listen on: 127.0.0.1, or 0.0.0.0 for every network";
const SECRET_LOOKS_LIKE = `must have at least ${LEAST_SECRET} bytes, such as openssl rand -base64 48 makes`;
const JWKS_LOOKS_LIKE =
  "must look like https://login.example.org/.well-known/jwks.json; plain http is for this machine only";
const ISSUER_LOOKS_LIKE = "must be the iss claim of the tokens, such as https://login.example.org/";
const AUDIENCE_LOOKS_LIKE = "must be the aud claim of tokens that are meant for this API";
const CLAIM_LOOKS_LIKE = "must be the name of a claim, such as sub or oid";
const ORIGINS_LOOK_LIKE = "must be origins separated by commas, such as https://roster.example.org";
const FOLDER_LOOKS_LIKE = "must be a folder with one file NAME.graphql for each document";
const SWITCH_LOOKS_LIKE = "must be on or off";

const environment = z.object({
  API_DATABASE_URL: z
    .string(DATABASE_URL_LOOKS_LIKE)
    .refine((text) => /^postgres(ql)?:\/\//.test(text), DATABASE_URL_LOOKS_LIKE),
  HOST: z
    .string()
    .regex(/^[\w.:-]+$/, HOST_LOOKS_LIKE)
    .default("127.0.0.1"),
  PORT: z.coerce
    .number(PORT_LOOKS_LIKE)
    .int(PORT_LOOKS_LIKE)
    .min(0, PORT_LOOKS_LIKE)
    .max(65_535, PORT_LOOKS_LIKE)
    .default(5678),
  JWT_SECRET: z
    .string()
    .refine((text) => Buffer.byteLength(text) >= LEAST_SECRET, SECRET_LOOKS_LIKE)
    .optional(),
  JWKS_URL: z.string().refine(isSafeUrl, JWKS_LOOKS_LIKE).optional(),
  JWT_ISSUER: z.string(ISSUER_LOOKS_LIKE),
  JWT_AUDIENCE: z.string(AUDIENCE_LOOKS_LIKE),
  JWT_SUBJECT_CLAIM: z
    .string()
    .regex(/^[\w.:/-]{1,100}$/, CLAIM_LOOKS_LIKE)
    .default("sub"),
  JWT_SERVICE_SUBJECTS: z.string().default(""),
  CORS_ORIGINS: z
    .string()
    .refine((text) => words(text).every(isOrigin), ORIGINS_LOOK_LIKE)
    .default(""),
  TRUSTED_DOCUMENTS: z.string().refine(isFolder, FOLDER_LOOKS_LIKE).optional(),
  GRAPHIQL: z.enum(["on", "off"], SWITCH_LOOKS_LIKE).default("off"),
  TRUST_PROXY: z.enum(["on", "off"], SWITCH_LOOKS_LIKE).default("off"),
});

type Values = z.infer<typeof environment>;

/** The configuration, or what is wrong with it: one sentence per problem, without a full stop. */
export type ReadApiConfig =
  { config: ApiConfig; problems?: never } | { config?: never; problems: string[] };

/** Reads and checks the variables of the API. */
export function readApiConfig(variables: NodeJS.ProcessEnv): ReadApiConfig {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value));
  const result = environment.safeParse({
    ...given,
    API_DATABASE_URL: given["API_DATABASE_URL"] ?? given["DATABASE_URL"],
  });
  const issues = result.error?.issues ?? [];
  const problems = issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
  if ((given["JWT_SECRET"] === undefined) === (given["JWKS_URL"] === undefined)) {
    problems.push("exactly one of JWT_SECRET, JWKS_URL must be set");
  }
  if (!result.success || problems.length > 0) return { problems };
  return { config: toConfig(result.data) };
}

function toConfig(values: Values): ApiConfig {
  return {
    databaseUrl: values.API_DATABASE_URL,
    host: values.HOST,
    port: values.PORT,
    tokens: {
      keys: keysOf(values),
      issuer: values.JWT_ISSUER,
      audience: values.JWT_AUDIENCE,
      subjectClaim: values.JWT_SUBJECT_CLAIM,
      serviceSubjects: new Set(words(values.JWT_SERVICE_SUBJECTS)),
    },
    corsOrigins: new Set(words(values.CORS_ORIGINS)),
    trustedDocuments: values.TRUSTED_DOCUMENTS,
    isOpen: values.GRAPHIQL === "on",
    isBehindProxy: values.TRUST_PROXY === "on",
  };
}

function keysOf({ JWT_SECRET = "", JWKS_URL }: Values): TokenKeys {
  if (JWKS_URL !== undefined) return { kind: "jwks", url: new URL(JWKS_URL) };
  const secret = new TextEncoder().encode(JWT_SECRET);
  return { kind: "secret", secret: () => secret };
}

function words(text: string): string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

/** Plain http is for this machine only, where nobody can listen. */
function isSafeUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "") return false;
  return (
    url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK_HOSTS.has(url.hostname))
  );
}

function isOrigin(text: string): boolean {
  return isSafeUrl(text) && new URL(text).origin === text;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
