import { createTransport } from "nodemailer";
import type { MailConfig } from "./config.ts";
import { refusalOf, toMessage } from "./message.ts";
import type { OutgoingMail } from "./message.ts";
import { scrubResponse, toFailure } from "./outcome.ts";
import type { SendResult } from "./outcome.ts";

export type { OutgoingMail } from "./message.ts";
export type { SendErrorClass, SendFailure, SendResult } from "./outcome.ts";

export interface MailerOptions {
  /** Connections to the server at once (5); more mails than that wait for one. */
  maxConnections?: number;
  /** For all of send(), the wait for a connection included (60,000). */
  deadlineMs?: number;
  /** For finding and reaching the server (10,000). */
  connectionTimeoutMs?: number;
  /** For its first words (10,000). */
  greetingTimeoutMs?: number;
  /** For each silence after that (30,000). */
  socketTimeoutMs?: number;
}

export interface Mailer {
  /** Sends one mail to one recipient. It never throws: whatever happens is in the result. */
  send(mail: OutgoingMail, signal?: AbortSignal): Promise<SendResult>;
  /** Lets what is under way end, and closes the connections. */
  close(): Promise<void>;
}

/** Ends idle connections before the server or a firewall does, who would not tell. */
const IDLE_MS = 15_000;

/** A pool of connections to the server of the configuration. */
export function createMailer(config: MailConfig, options: MailerOptions = {}): Mailer {
  const { deadlineMs = 60_000 } = options;
  const transport = transportOf(config, options);
  const streams = watchStreams(transport);
  const underWay = new Set<Promise<SendResult>>();

  async function sendOne(mail: OutgoingMail, signal?: AbortSignal): Promise<SendResult> {
    const refusal = refusalOf(mail);
    if (refusal !== undefined) {
      return { state: "failed", errorClass: "rejected", code: refusal };
    }
    const { address } = mail.to;
    const patience = withDeadline(deadlineMs, signal);
    const handover = streams.of(patience.signal);
    try {
      const info = await transport.sendMail({
        ...toMessage(mail, config.from),
        signal: patience.signal,
      });
      return { state: "sent", response: scrubResponse(info.response, address) };
    } catch (error) {
      const failure = toFailure(error, handover.hasBegun(), address);
      return patience.isOver() ? { ...failure, code: "ETIMEDOUT" } : failure;
    } finally {
      patience.end();
    }
  }

  return {
    async send(mail, signal) {
      const sending = sendOne(mail, signal);
      underWay.add(sending);
      try {
        return await sending;
      } finally {
        underWay.delete(sending);
      }
    },
    async close() {
      transport.close();
      await Promise.all(underWay);
    },
  };
}

function transportOf(config: MailConfig, options: MailerOptions) {
  const { host, port, encryption, login } = config;
  return createTransport({
    pool: true,
    host,
    port,
    secure: encryption === "tls",
    requireTLS: encryption === "starttls",
    // A server on this machine often offers STARTTLS with a certificate that proves nothing.
    ignoreTLS: encryption === "none",
    ...(login === undefined ? {} : { auth: { user: login.user, pass: login.password() } }),
    maxConnections: options.maxConnections ?? 5,
    // Once, and only if not a byte of the message was sent: a server that has ended a used
    // connection is no outage. Everything else is for the caller to repeat.
    maxRequeues: 1,
    idleTimeout: IDLE_MS,
    connectionTimeout: options.connectionTimeoutMs ?? 10_000,
    greetingTimeout: options.greetingTimeoutMs ?? 10_000,
    socketTimeout: options.socketTimeoutMs ?? 30_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

type Transport = ReturnType<typeof transportOf>;

interface Handover {
  /** Whether a byte of the message was taken to be sent. */
  hasBegun(): boolean;
}

/**
 * Watches the stream of each message. nodemailer reads it only when the server has said that it
 * wants the data; before, a message that was not answered has certainly not arrived.
 */
function watchStreams(transport: Transport): { of(signal: AbortSignal): Handover } {
  const streamsOf = new WeakMap<AbortSignal, { readableDidRead: boolean }[]>();
  transport.use("stream", (mail, done) => {
    const streams = mail.data.signal && streamsOf.get(mail.data.signal);
    mail.message.processFunc((stream) => {
      streams?.push(stream);
      return stream;
    });
    done();
  });
  return {
    of(signal) {
      const streams: { readableDidRead: boolean }[] = [];
      streamsOf.set(signal, streams);
      return { hasBegun: () => streams.some((stream) => stream.readableDidRead) };
    },
  };
}

/** A signal for one send, and whether it was the deadline that gave it. */
function withDeadline(deadlineMs: number, signal: AbortSignal | undefined) {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), deadlineMs);
  return {
    signal: AbortSignal.any([deadline.signal, ...(signal ? [signal] : [])]),
    isOver: () => deadline.signal.aborted && !signal?.aborted,
    end: () => clearTimeout(timer),
  };
}
