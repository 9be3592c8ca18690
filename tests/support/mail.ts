import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { test as base } from "vitest";
import { startMailCatcher } from "../../worker/local/mail/catcher.ts";
import type { MailCatcher, MailCatcherOptions } from "../../worker/local/mail/catcher.ts";
import type { MailConfig } from "../../worker/mail/config.ts";
import { createMailer } from "../../worker/mail/smtp.ts";
import type { Mailer, MailerOptions, OutgoingMail } from "../../worker/mail/smtp.ts";

export { MAIL_FROM, mailConfig } from "./mail-config.ts";

/** Patience of a mailer that has to find out that nobody answers. */
const SHORT_MS = 700;

export function aMail(changes: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    messageId: "<delivery-1.1@hlf.no>",
    to: { name: "Kari Nordmann", address: "kari.nordmann@example.org" },
    subject: "Sertifiseringen din gjelder til og med 5. desember 2026",
    text: "Hei, Kari Nordmann\n",
    html: '<html lang="nb"><p>Hei, Kari Nordmann</p></html>',
    locale: "nb",
    organization: { slug: "hlf", name: "HLF" },
    ...changes,
  };
}

/** A server that answers each command with what the script says, 250 without, and remembers them. */
export interface ScriptedServer {
  port: number;
  commands: string[];
}

export interface MailTools {
  aCatcher(options?: MailCatcherOptions): Promise<MailCatcher>;
  aMailer(config: MailConfig, options?: MailerOptions): Mailer;
  aServer(script: Record<string, string>): Promise<ScriptedServer>;
}

/** Makers of catchers, mailers and servers, which end with the test. */
export const test = base.extend("tools", async ({}, { onCleanup }): Promise<MailTools> => {
  const endings: (() => Promise<void>)[] = [];
  onCleanup(async () => {
    for (const end of endings.toReversed()) await end();
  });
  return {
    async aCatcher(options) {
      const catcher = await startMailCatcher(options);
      endings.push(() => catcher.stop());
      return catcher;
    },
    aMailer(config, options) {
      const mailer = createMailer(config, {
        greetingTimeoutMs: SHORT_MS,
        socketTimeoutMs: SHORT_MS,
        ...options,
      });
      endings.push(() => mailer.close());
      return mailer;
    },
    async aServer(script) {
      const { server, close } = await startScript(script);
      endings.push(close);
      return server;
    },
  };
});

async function startScript(script: Record<string, string>) {
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    socket.write(script["greeting"] ?? "220 ready\r\n");
    socket.on("data", (data) => {
      for (const command of data.toString().split("\r\n").filter(Boolean)) {
        commands.push(command);
        socket.write(script[command.split(" ", 1)[0]!] ?? "250 fine\r\n");
      }
    });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  listener.listen(0, "127.0.0.1", resolve);
  await promise;
  return {
    server: { port: (listener.address() as AddressInfo).port, commands },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => void listener.close(resolve));
    },
  };
}
