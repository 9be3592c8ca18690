import { domainToASCII } from "node:url";
import type { MailConfig } from "../mail/config.ts";
import { createMailer } from "../mail/smtp.ts";
import type { MailerOptions, OutgoingMail, SendFailure } from "../mail/smtp.ts";
import { renderMail } from "../mail/templates/render.ts";
import type { MailData, RenderedMail } from "../mail/templates/render.ts";
import { inOneLine } from "../mail/templates/words.ts";
import type { Channel, Letter } from "./channel.ts";

/** Connections to the mail server at once. */
const CONNECTIONS = 5;

/** What has no words cannot be sent, now or later. */
export const UNSPEAKABLE: SendFailure = {
  state: "failed",
  errorClass: "rejected",
  code: "ERENDER",
  response: "There are no words for what the mail is to tell.",
};

/** E-mail over the mail server of the configuration. */
export function openEmail(config: MailConfig, options: MailerOptions = {}): Channel {
  const maxConnections = options.maxConnections ?? CONNECTIONS;
  const mailer = createMailer(config, { ...options, maxConnections });
  const { address } = config.from;
  return {
    name: "email",
    places: maxConnections,
    domain: domainToASCII(address.slice(address.lastIndexOf("@") + 1)),
    async send(letter, signal) {
      const mail = toMail(letter);
      return mail === undefined ? UNSPEAKABLE : await mailer.send(mail, signal);
    },
    close: () => mailer.close(),
  };
}

/** The letter as a mail; undefined if there are no words for it. */
export function toMail({
  messageId,
  recipient,
  organization,
  data,
}: Letter): OutgoingMail | undefined {
  const words = wordsFor(data);
  if (words === undefined) return undefined;
  return {
    messageId,
    // A name that somebody has pasted with a line break is no reason not to be told.
    to: { name: inOneLine(recipient.name), address: recipient.address },
    organization: { slug: organization.slug, name: inOneLine(organization.name) },
    locale: data.locale,
    ...words,
  };
}

/** Undefined if there are none: that is about these data, and no reason to stop the others. */
export function wordsFor(data: MailData): RenderedMail | undefined {
  try {
    return renderMail(data);
  } catch {
    return undefined;
  }
}
