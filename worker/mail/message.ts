import { domainToASCII } from "node:url";
import type { SendMailOptions } from "nodemailer";
import { isOneAddress } from "./address.ts";
import type { MailAddress } from "./address.ts";
import type { Locale } from "./locale.ts";

/** One mail to one recipient. */
export interface OutgoingMail {
  /** `<…@…>`, the same for each attempt, so that a repeat can be recognised. */
  messageId: string;
  to: MailAddress;
  subject: string;
  text: string;
  html: string;
  locale: Locale;
  /** Who writes; makes the List-Id. */
  organization: { slug: string; name: string };
  /** More headers; their names begin with X-. */
  headers?: Record<string, string>;
}

const MESSAGE_ID = /^<[!-;=?A-~]+@[!-;=?A-~]+>$/;
const SLUG = /^[a-z0-9-]+$/;
const EXTRA_HEADER = /^X-[A-Za-z0-9-]+$/;
const CONTROL = /\p{Cc}|[\u2028\u2029]/u;

/**
 * Why a mail must not be sent at all: EADDRESS, ENAME, ESUBJECT, EMESSAGEID, ELIST or EHEADER.
 * Whoever could put a line break into a header could add recipients.
 */
export function refusalOf(mail: OutgoingMail): string | undefined {
  if (!isOneAddress(mail.to.address)) return "EADDRESS";
  if (CONTROL.test(mail.to.name)) return "ENAME";
  if (CONTROL.test(mail.subject)) return "ESUBJECT";
  if (!MESSAGE_ID.test(mail.messageId)) return "EMESSAGEID";
  if (!SLUG.test(mail.organization.slug) || CONTROL.test(mail.organization.name)) return "ELIST";
  const headers = Object.entries(mail.headers ?? {});
  const isPlain = headers.every(([key, value]) => EXTRA_HEADER.test(key) && !CONTROL.test(value));
  return isPlain ? undefined : "EHEADER";
}

/** The mail in nodemailer's words. */
export function toMessage(mail: OutgoingMail, from: MailAddress): SendMailOptions {
  const { to, organization } = mail;
  const domain = domainToASCII(from.address.slice(from.address.lastIndexOf("@") + 1));
  return {
    messageId: mail.messageId,
    from: { name: from.name, address: from.address },
    // An object: a text would be parsed, and a comma in it would make two recipients. The envelope
    // follows from it; one of our own would carry the end of a used connection over to the next.
    to: { name: to.name, address: to.address },
    maxRecipients: 1,
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    encoding: "quoted-printable",
    list: { id: { url: `${organization.slug}.${domain}`, comment: organization.name } },
    headers: {
      ...mail.headers,
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
      "Content-Language": mail.locale,
    },
  };
}
