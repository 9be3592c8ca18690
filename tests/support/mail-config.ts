import { readMailConfig } from "../../worker/mail/config.ts";
import type { MailConfig } from "../../worker/mail/config.ts";

export const MAIL_FROM = "HLF likepersoner <likeperson@hlf.no>";

export function mailConfig(smtpUrl: string, changes: Partial<MailConfig> = {}): MailConfig {
  const { config, problems } = readMailConfig({ SMTP_URL: smtpUrl, MAIL_FROM });
  if (config === undefined) throw new Error(problems?.join("; ") ?? "No mail is configured");
  return { ...config, ...changes };
}
