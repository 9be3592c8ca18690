import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { SMTPServer } from "smtp-server";
import type { SMTPServerDataStream, SMTPServerSession } from "smtp-server";
import { FaultQueue } from "./faults.ts";
import type { Fault, Stage } from "./faults.ts";
import { createInbox } from "./inbox.ts";
import { MailStore } from "./store.ts";
import type { CaughtMail } from "./store.ts";

export type { Fault, Stage } from "./faults.ts";
export type { CaughtMail, Envelope } from "./store.ts";

export interface MailCatcherOptions {
  /** Of SMTP (any that is free). */
  port?: number;
  /** Of the inbox page (any that is free). */
  httpPort?: number;
  /** Where the mails are kept for the next start; without it they are gone. */
  file?: string;
  /** Whoever sends has to log in with it. */
  login?: { user: string; password: string };
  /** Whether the client may send commands without waiting for answers, as most servers allow (true). */
  pipelining?: boolean;
  /** Whether STARTTLS is offered, with a certificate that proves nothing (false). */
  startTls?: boolean;
}

/** A mail server that keeps all that it is given and sends nothing on. */
export interface MailCatcher {
  readonly smtpUrl: string;
  readonly inboxUrl: string;
  /** The newest 500, oldest first. */
  readonly messages: readonly CaughtMail[];
  /** How many connections were opened so far. */
  readonly connections: number;
  /** The next session or mail at this stage meets a fault. */
  inject(fault: Fault): void;
  /** No more faults; sessions that hang go on hanging. */
  heal(): void;
  clear(): void;
  stop(): Promise<void>;
}

export async function startMailCatcher(options: MailCatcherOptions = {}): Promise<MailCatcher> {
  const catcher = new LocalMailCatcher(options);
  await catcher.start();
  return catcher;
}

class LocalMailCatcher implements MailCatcher {
  connections = 0;
  readonly #options: MailCatcherOptions;
  readonly #store: MailStore;
  readonly #faults = new FaultQueue();
  readonly #smtp: SMTPServer;
  readonly #inbox: Server;
  readonly #sockets = new Map<number, Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: MailCatcherOptions) {
    this.#options = options;
    this.#store = new MailStore(options.file);
    this.#smtp = this.#createServer();
    this.#inbox = createInbox(this.#store.mails, this.#faults);
  }

  async start(): Promise<void> {
    this.#smtp.server.on("connection", (socket: Socket) => {
      this.connections += 1;
      const port = socket.remotePort!;
      this.#sockets.set(port, socket);
      socket.once("close", () => this.#sockets.delete(port));
    });
    // A client that goes away in the middle of a session is nothing to stumble over.
    this.#smtp.on("error", () => {});
    await listen(this.#smtp.server, this.#options.port);
    try {
      await listen(this.#inbox, this.#options.httpPort);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  get smtpUrl(): string {
    const { login } = this.#options;
    const before =
      login && `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@`;
    return `smtp://${before ?? ""}127.0.0.1:${portOf(this.#smtp.server)}`;
  }

  get inboxUrl(): string {
    return `http://127.0.0.1:${portOf(this.#inbox)}/`;
  }

  get messages(): readonly CaughtMail[] {
    return this.#store.mails;
  }

  inject(fault: Fault): void {
    this.#faults.inject(fault);
  }

  heal(): void {
    this.#faults.clear();
  }

  clear(): void {
    this.#store.clear();
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    const closed = [close(this.#smtp.server), close(this.#inbox)];
    for (const socket of this.#sockets.values()) socket.destroy();
    this.#inbox.closeAllConnections();
    await Promise.all(closed);
  }

  #createServer(): SMTPServer {
    const { login, pipelining = true, startTls = false } = this.#options;
    return new SMTPServer({
      authOptional: login === undefined,
      allowInsecureAuth: true,
      disabledCommands: [...(login ? [] : ["AUTH"]), ...(startTls ? [] : ["STARTTLS"])],
      hidePIPELINING: !pipelining,
      // Replies are sent as the fault says.
      hideENHANCEDSTATUSCODES: true,
      disableReverseLookup: true,
      logger: false,
      onAuth: ({ username, password }, _session, done) => {
        const isRight = username === login?.user && password === login?.password;
        done(isRight ? null : replyOf(535, "5.7.8 Authentication failed"), { user: username });
      },
      onConnect: (session, done) => this.#meet("connect", session, done),
      onMailFrom: (_address, session, done) => this.#meet("mail", session, done),
      onRcptTo: ({ address }, session, done) => this.#meet("rcpt", session, done, [address]),
      onData: (stream, session, done) => {
        this.#receive(stream, session, done).catch(() => session && this.#drop(session));
      },
    });
  }

  async #receive(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    done: (error?: Error | null) => void,
  ): Promise<void> {
    const from = session.envelope.mailFrom === false ? "" : session.envelope.mailFrom.address;
    const envelope = { from, to: session.envelope.rcptTo.map(({ address }) => address) };
    const fault = this.#faults.take("data", envelope.to);
    const chunks: Buffer[] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (fault?.effect === "drop") return this.#act(fault, session, done);
      chunks.push(chunk);
    }
    const store = () => this.#store.add(envelope, Buffer.concat(chunks));
    if (fault?.effect === "drop_at_end" && fault.stored) store();
    this.#act(fault, session, (error) => {
      if (!error) store();
      done(error);
    });
  }

  #meet(
    stage: Stage,
    session: SMTPServerSession,
    done: (error?: Error | null) => void,
    recipients: string[] = [],
  ): void {
    this.#act(this.#faults.take(stage, recipients), session, done);
  }

  #act(
    fault: Fault | undefined,
    session: SMTPServerSession,
    done: (error?: Error | null) => void,
  ): void {
    fault?.onMet?.();
    switch (fault?.effect) {
      case undefined:
        return done();
      case "reply":
        return done(replyOf(fault.code, fault.message));
      case "slow":
        this.#timers.add(setTimeout(done, fault.delayMs));
        return;
      case "trickle":
        this.#timers.add(setInterval(() => this.#murmur(session, fault.stage), fault.everyMs));
        return;
      case "hang":
        return;
      case "drop":
      case "drop_at_end":
        return this.#drop(session);
    }
  }

  #murmur(session: SMTPServerSession, stage: Stage): void {
    const socket = this.#sockets.get(session.remotePort);
    if (socket?.writable) socket.write(stage === "connect" ? "220-wait\r\n" : "250-wait\r\n");
  }

  #drop(session: SMTPServerSession): void {
    this.#sockets.get(session.remotePort)?.destroy();
  }
}

function replyOf(code: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode: code });
}

type NetServer = SMTPServer["server"] | Server;

async function listen(server: NetServer, port: number | undefined): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port ?? 0, "127.0.0.1", resolve);
  await promise;
  server.off("error", reject);
}

async function close(server: NetServer): Promise<void> {
  if (!server.listening) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  await promise;
}

function portOf(server: NetServer): number {
  return (server.address() as AddressInfo).port;
}
