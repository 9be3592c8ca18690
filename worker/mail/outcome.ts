/**
 * What a mail that was not sent means for the one who sent it.
 *
 * - connection: nobody was reached, or the session broke before the message was handed over; it
 *   concerns every mail
 * - login: the server refuses ours; it concerns every mail
 * - temporary: the server asks to try this mail again later (greylisting and the like)
 * - mailbox_full: the recipient's mailbox takes no more
 * - rejected: recipient, sender or message is refused for good
 * - ambiguous: the message was on its way and no answer came; it may have arrived
 */
export type SendErrorClass =
  "connection" | "login" | "temporary" | "mailbox_full" | "rejected" | "ambiguous";

export interface SendFailure {
  state: "failed";
  errorClass: SendErrorClass;
  /** The server's reply code ("550 5.1.1"), else the system's ("ECONNREFUSED") or our own. */
  code: string;
  /** What the server said, without the recipient's address. */
  response?: string | undefined;
}

export type SendResult = { state: "sent"; response: string } | SendFailure;

/** What is known of a failure when it is judged. */
interface Failure {
  /** nodemailer's own code: EAUTH for the login, EPROTOCOL for a reply that nothing was waiting for. */
  code: string | undefined;
  /** The step: CONN, EHLO, STARTTLS, AUTH …, MAIL FROM, RCPT TO or DATA; empty for none. */
  command: string;
  /** The server's reply code, 0 if it did not answer. */
  reply: number;
  /** The enhanced status code (RFC 3463), if the reply has one. */
  status: string | undefined;
  /** Whether a byte of the message went out. */
  handedOver: boolean;
}

const LOGIN_REPLIES = new Set([530, 534, 535, 538]);

/** Without an enhanced code these mean a full mailbox; with one, they may mean the message's size. */
const STORAGE_REPLIES = new Set([452, 552]);

/**
 * The first line that fits decides. A reply says that the message was not taken, however late it
 * comes; without one it depends on whether the message was under way. nodemailer alone cannot tell:
 * it reports a broken connection in the same words before the message and after its last byte.
 */
const RULES: readonly [(failure: Failure) => boolean, SendErrorClass][] = [
  [({ code, handedOver }) => code === "EPROTOCOL" && handedOver, "ambiguous"],
  [
    ({ code, command }) => code === "EPROTOCOL" || /^(EHLO|HELO|STARTTLS)$/.test(command),
    "connection",
  ],
  [({ code, reply }) => code === "EAUTH" && isPassing(reply), "connection"],
  [({ code, reply }) => code === "EAUTH" || LOGIN_REPLIES.has(reply), "login"],
  [({ status }) => /^[45]\.2\.2$/.test(status ?? ""), "mailbox_full"],
  [({ reply, status }) => STORAGE_REPLIES.has(reply) && status === undefined, "mailbox_full"],
  [({ reply }) => isPassing(reply), "temporary"],
  [({ reply }) => isRefusal(reply), "rejected"],
  [({ handedOver }) => handedOver, "ambiguous"],
  [() => true, "connection"],
];

/** Judges what nodemailer threw. */
export function toFailure(error: unknown, handedOver: boolean, recipient: string): SendFailure {
  const raw = fieldsOf(error);
  const reply = raw.responseCode ?? 0;
  const status = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(raw.response ?? "")?.[1];
  const failure = { code: raw.code, command: raw.command ?? "", reply, status, handedOver };
  const [, errorClass] = RULES.find(([fits]) => fits(failure))!;
  return {
    state: "failed",
    errorClass,
    code: isRefusal(reply)
      ? [reply, status].filter((part) => part !== undefined).join(" ")
      : (raw.originalCode ?? raw.code ?? "UNKNOWN"),
    ...(raw.response === undefined ? {} : { response: scrubResponse(raw.response, recipient) }),
  };
}

const MAX_RESPONSE_LENGTH = 200;

/** One line of what the server said, without addresses and without the part that tells who it is. */
export function scrubResponse(response: string, recipient: string): string {
  const localPart = recipient.slice(0, recipient.lastIndexOf("@"));
  const line = response
    .toWellFormed()
    .replaceAll(/[^\s<>()[\],;:"']+@[^\s<>()[\],;:"']*/g, "…")
    .replaceAll(/[\s\p{C}]+/gu, " ")
    .trim();
  const anonymous = line.replaceAll(new RegExp(wholeWord(localPart), "giu"), "…");
  return anonymous.length <= MAX_RESPONSE_LENGTH
    ? anonymous
    : `${anonymous.slice(0, MAX_RESPONSE_LENGTH - 1)}…`;
}

function wholeWord(text: string): string {
  return String.raw`(?<![\p{L}\p{N}])${RegExp.escape(text)}(?![\p{L}\p{N}])`;
}

/** 4xx, and 503: the session had come apart, which says nothing about the message. */
function isPassing(reply: number): boolean {
  return (reply >= 400 && reply < 500) || reply === 503;
}

function isRefusal(reply: number): boolean {
  return reply >= 400 && reply < 600;
}

interface Fields {
  code?: string | undefined;
  originalCode?: string | undefined;
  command?: string | undefined;
  response?: string | undefined;
  responseCode?: number | undefined;
}

function fieldsOf(error: unknown): Fields {
  return error instanceof Error ? (error as Fields) : {};
}
