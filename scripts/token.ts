import { join } from "node:path";
import { parseArgs } from "node:util";
import { SignJWT } from "jose";
import { projectRoot } from "../worker/database/root.ts";
import { LOCAL_TOKENS, readLocalSecret } from "../worker/local/api.ts";
import { required, runCommand } from "./run-command.ts";

const USAGE = `Usage: npm run --silent token -- --subject SUBJECT [options]

Prints a login token for the API of the embedded database, which npm start brings up. Real tokens come
from the association's login service; see docs/login.md.

  --subject SUBJECT    whose: the auth_subject of a person, such as demo-hanne
  --organization SLUG  also say which header names the organisation, for a subject of several
  --service            a program's, such as an external scheduler's; it is nobody and starts the night
  --expires-in TIME    how long it is good: 30m, 1h, 7d (1h)
  --data DIRECTORY     where the embedded PostgreSQL keeps its data (.data)
  --help               this text`;

const options = {
  subject: { type: "string" },
  organization: { type: "string" },
  service: { type: "boolean", default: false },
  "expires-in": { type: "string", default: "1h" },
  data: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const subject = required(values.subject, "--subject SUBJECT");
  const lifetime = values["expires-in"];
  if (!/^[1-9]\d{0,4}[smhd]$/.test(lifetime)) {
    throw new Error(`--expires-in ${lifetime} is not a time: write it as 30m, 1h or 7d.`);
  }
  const secret = readLocalSecret(values.data ?? join(projectRoot, ".data"));
  if (secret === undefined) {
    throw new Error(
      "There is no embedded database here whose API could take a token: start it with npm start. " +
        "Other databases take tokens of the login service only.",
    );
  }
  const token = new SignJWT(values.service ? { service: true } : {})
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuer(LOCAL_TOKENS.issuer)
    .setAudience(LOCAL_TOKENS.audience)
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(lifetime)
    .sign(new TextEncoder().encode(secret));
  console.log(await token);
  if (values.organization !== undefined) {
    console.error(`With each request: -H 'X-Organization: ${values.organization}'`);
  }
}

await runCommand("token", main);
