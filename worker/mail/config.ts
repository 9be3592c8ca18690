import { parseMailAddress } from "./address.ts";
import type { MailAddress } from "./address.ts";

export interface MailConfig {
  host: string;
  port: number;
  /**
   * - tls: encrypted from the first byte (smtps)
   * - starttls: nothing is said before the connection is encrypted
   * - none: a server on this machine, where nobody can listen
   */
  encryption: "tls" | "starttls" | "none";
  /** The password is a function, so that no log line and no inspection shows it. */
  login: { user: string; password: () => string } | undefined;
  /** The sender; answers go there. */
  from: MailAddress;
}

const SMTP_URL_LOOKS_LIKE =
  "must look like smtps://user:password@mail.example.org or " +
  "smtp://user:password@mail.example.org:587, special characters in it written as %40 and the like";
const SMTPS_PORT = 465;
const SUBMISSION_PORT = 587;
const MAIL_FROM_LOOKS_LIKE =
  "must be one address, optionally with a name: HLF likeperson <likeperson@hlf.no>";

const LOOPBACK_HOSTS = new Set(["127.0.0.1", "::1", "localhost"]);
const HOST = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;
const IP_V6 = /^\[([0-9a-f:.]+)\]$/;

/** The configuration, or what is wrong with it: one sentence per problem, without a full stop. */
export type ReadMailConfig =
  { config: MailConfig | undefined; problems?: never } | { config?: never; problems: string[] };

/** Reads and checks the variables of mail; without SMTP_URL no mail is sent. */
export function readMailConfig(variables: NodeJS.ProcessEnv): ReadMailConfig {
  const { SMTP_URL: smtpUrl, MAIL_FROM: mailFrom } = variables;
  if (!smtpUrl) return { config: undefined };
  const server = readServer(smtpUrl);
  const from = parseMailAddress(mailFrom ?? "");
  const problems: string[] = [];
  if (typeof server === "string") problems.push(`SMTP_URL ${server}`);
  if (from === undefined) problems.push(`MAIL_FROM ${MAIL_FROM_LOOKS_LIKE}`);
  if (typeof server === "string" || from === undefined) return { problems };
  return { config: { ...server, from } };
}

type Server = Omit<MailConfig, "from">;

/** The server, or what its address must look like. */
function readServer(text: string): Server | string {
  const url = URL.parse(text);
  const host = url === null ? undefined : hostOf(url);
  const login = url === null ? undefined : loginOf(url);
  if (url === null || host === undefined || login === undefined || hasMore(text, url)) {
    return SMTP_URL_LOOKS_LIKE;
  }
  const isTls = url.protocol === "smtps:";
  const port = url.port === "" ? (isTls ? SMTPS_PORT : SUBMISSION_PORT) : Number(url.port);
  if (!isTls && port === SMTPS_PORT) return `must begin with smtps:// for port ${SMTPS_PORT}`;
  const encryption = isTls ? "tls" : LOOPBACK_HOSTS.has(host) ? "none" : "starttls";
  return { host, port, encryption, login: login ?? undefined };
}

/** Options in the address could switch the checks of certificates off. */
function hasMore(text: string, url: URL): boolean {
  return !/^smtps?:$/.test(url.protocol) || !/^\/?$/.test(url.pathname) || /[?#\s]/.test(text);
}

function hostOf(url: URL): string | undefined {
  const host = url.hostname.toLowerCase();
  return IP_V6.exec(host)?.[1] ?? (HOST.test(host) ? host : undefined);
}

/** Null if there is none, undefined if it is half of one or cannot be read. */
function loginOf(url: URL): { user: string; password: () => string } | null | undefined {
  if (url.username === "" && url.password === "") return null;
  if (url.username === "" || url.password === "") return undefined;
  try {
    const password = decodeURIComponent(url.password);
    return { user: decodeURIComponent(url.username), password: () => password };
  } catch {
    return undefined;
  }
}
