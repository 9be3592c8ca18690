import { writeFileSync } from "node:fs";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { createDynamicsClient } from "../../../worker/dynamics/client.ts";
import type { DynamicsClient } from "../../../worker/dynamics/client.ts";
import { createCredentials } from "../../../worker/dynamics/credentials.ts";
import { aCertificate, aFile } from "./certificates.ts";
import {
  anEntra,
  aServer,
  configOf,
  failureOf,
  giveToken,
  ROW_ID,
  SECRET,
  sendJson,
  SHORT_MS,
  TOKEN,
  variables,
} from "./servers.ts";
import type { Script } from "./servers.ts";

/** What could be printed of something, by whatever prints. */
function everything(thing: unknown): string {
  const message = thing instanceof Error ? `${thing.stack} ${String(thing)}` : "";
  return message + JSON.stringify(thing) + inspect(thing, { depth: 20, showHidden: true });
}

async function failuresOf(client: DynamicsClient): Promise<string> {
  const calls = [
    client.read("LP-1"),
    client.write(ROW_ID, 'W/"1"', { visible: true, visibleUntil: null, version: 1 }),
    client.whoAmI({ fresh: true }),
    client.honoursEtags(),
    Array.fromAsync(client.list()),
  ];
  return everything(await Promise.all(calls.map(failureOf)));
}

/** The other side says everything that it was told. */
const echo: Script = ({ headers, body, url }, response) => {
  const said = `${headers.authorization} ${body} ${url}`;
  sendJson(response, 400, {
    error: { code: "0x80040265", message: `Your token: '${said}'` },
    error_description: `AADSTS7000215: ${said}`,
    error_codes: [7000215],
  });
};

const html: Script = ({ headers, body }, response) =>
  void response.writeHead(200).end(`<p>${headers.authorization} ${body}</p>`);

const destroy: Script = (_, response) => void response.destroy();

const hang: Script = () => {};

describe("secret and token are in no error", () => {
  test.for([
    { name: "Dataverse repeats them", dataverse: echo },
    { name: "Dataverse answers with a page of them", dataverse: html },
    { name: "Dataverse breaks off", dataverse: destroy },
    { name: "Dataverse hangs", dataverse: hang },
    { name: "Entra repeats them", entra: echo },
    { name: "Entra answers with a page of them", entra: html },
    { name: "Entra breaks off", entra: destroy },
    { name: "Entra hangs", entra: hang },
    { name: "the token breaks the header", entra: giveToken({ access_token: `${TOKEN}\nX: y` }) },
    { name: "the token is no text", entra: giveToken({ access_token: { token: TOKEN } }) },
    { name: "the token's type is another", entra: giveToken({ token_type: TOKEN }) },
  ])("$name", async ({ dataverse = echo, entra = giveToken() }) => {
    const [there, login] = [await aServer(dataverse), await anEntra(entra)];
    const config = configOf(variables(there.origin, login.origin));

    const failures = await failuresOf(createDynamicsClient(config, { deadlineMs: SHORT_MS }));

    expect(failures).toContain("DynamicsError");
    expect(failures).not.toContain(TOKEN);
    expect(failures).not.toContain(SECRET);
  });

  test("the key of a certificate that cannot be used", async () => {
    const { key, cert } = aCertificate();
    const lines = key.split("\n");
    const path = aFile(key + cert);
    const config = configOf({
      ...variables("http://127.0.0.1:1", "http://127.0.0.1:1"),
      DYNAMICS_CLIENT_SECRET: "",
      DYNAMICS_CLIENT_CERTIFICATE_FILE: path,
    });
    writeFileSync(path, lines.toSpliced(3, 1).join("\n") + cert);

    const error = await failureOf(createCredentials(config).token());

    expect(error).toMatchObject({ errorClass: "auth" });
    expect(everything(error)).toMatch(/DYNAMICS_CLIENT_CERTIFICATE_FILE must name/);
    expect(everything(error)).not.toContain(lines[2]);
  });
});

test("configuration, credentials and client can be printed", async () => {
  const entra = await anEntra();
  const config = configOf(variables("http://127.0.0.1:1", entra.origin));
  const [credentials, client] = [createCredentials(config), createDynamicsClient(config)];
  await credentials.token();

  for (const thing of [config, credentials, client]) {
    expect(everything(thing)).not.toContain(SECRET);
    expect(everything(thing)).not.toContain(TOKEN);
  }
});
