import { z } from "zod";
import { variableOf } from "./config.ts";
import type { DynamicsConfig } from "./config.ts";
import { DynamicsError } from "./errors.ts";
import type { Answer } from "./http.ts";
import { retryAfterSeconds } from "./retry-after.ts";

/** What an operator can do, by Entra's number. Only the sentence depends on it, never the class. */
const CURES: Record<string, (config: DynamicsConfig) => string> = {
  AADSTS7000215: ({ credential }) =>
    "the client secret is wrong; " +
    `put the secret's value (not its id) into ${variableOf(credential)}`,
  AADSTS7000222: ({ credential }) =>
    "the client secret has expired; " +
    `create a new one in the app registration and put it into ${variableOf(credential)}`,
  AADSTS700016: () =>
    "the app is not known in the tenant; check DYNAMICS_CLIENT_ID and DYNAMICS_TENANT_ID",
  AADSTS90002: () => "there is no such tenant; check DYNAMICS_TENANT_ID",
  AADSTS500011: () =>
    "the environment is not known in the tenant; check DYNAMICS_URL and DYNAMICS_TENANT_ID",
  AADSTS70011: () => "the environment's address is not taken for one; check DYNAMICS_URL",
  AADSTS700027: ({ credential }) =>
    "the certificate is not one of the app registration's; " +
    `upload it there, or correct ${variableOf(credential)}`,
  AADSTS700024: () =>
    "the signature with the certificate is not valid at this time; set the clock of this machine",
  AADSTS7000112: () => "the app is disabled; an administrator of Entra can enable it",
};

const ERROR_ANSWER = z.object({
  error_codes: z.array(z.number()).optional().catch(undefined),
  error_description: z.string().optional().catch(undefined),
  correlation_id: z.guid().optional().catch(undefined),
});

/** Makes an error of Entra's refusal. By the status alone: Microsoft may change all else. */
export function entraRefusal(answer: Answer, body: unknown, config: DynamicsConfig): DynamicsError {
  const { status } = answer;
  const said = ERROR_ANSWER.safeParse(body).data;
  const code = aadsts(said);
  const details = {
    status,
    code,
    retryAfterSeconds: retryAfterSeconds(answer.headers.get("retry-after")),
    requestId: said?.correlation_id,
  };
  const shown = code === undefined ? `${status}` : `${status}, ${code}`;
  if (status === 429) {
    return new DynamicsError(`Entra asks to wait before the next login (${shown}).`, {
      ...details,
      errorClass: "throttled",
    });
  }
  if (status < 400 || status >= 500 || status === 408) {
    return new DynamicsError(`Entra is out of order at the moment (${shown}); it is tried again.`, {
      ...details,
      errorClass: "transient",
    });
  }
  const cure =
    CURES[code ?? ""]?.(config) ??
    "look the code up in Entra's sign-in log, and check the variables DYNAMICS_TENANT_ID, " +
      `DYNAMICS_CLIENT_ID and ${variableOf(config.credential)}`;
  return new DynamicsError(`Entra refuses the login: ${cure} (${shown}).`, {
    ...details,
    errorClass: "auth",
  });
}

function aadsts(said: z.infer<typeof ERROR_ANSWER> | undefined): string | undefined {
  const number =
    said?.error_codes?.[0] ?? /AADSTS(\d{1,9})\b/.exec(said?.error_description ?? "")?.[1];
  return number === undefined ? undefined : `AADSTS${number}`;
}
