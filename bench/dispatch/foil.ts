import { createTransport } from "nodemailer";
import type { MailConfig } from "../../worker/mail/config.ts";
import { toMessage } from "../../worker/mail/message.ts";
import { toMail } from "../../worker/notifications/email.ts";
import type { Letter } from "../../worker/notifications/channel.ts";

/** The same mails with words, ready to be handed to nodemailer. */
export function messagesOf(letters: Letter[], config: MailConfig) {
  return letters.flatMap((letter) => {
    const mail = toMail(letter);
    return mail === undefined ? [] : [toMessage(mail, config.from)];
  });
}

/** A bare loop: nothing is asked, nothing is recorded, and nobody knows what was sent if it dies. */
export async function sendFoil(
  messages: ReturnType<typeof messagesOf>,
  { host, port }: MailConfig,
  places: number,
): Promise<void> {
  const transport = createTransport({
    pool: true,
    host,
    port,
    ignoreTLS: true,
    maxConnections: places,
  });
  const queue = messages.values();
  const work = async () => {
    for (const message of queue) await transport.sendMail(message);
  };
  try {
    await Promise.all(Array.from({ length: places }, work));
  } finally {
    transport.close();
  }
}
