import type { ClientBase } from "pg";

/** docs/state-machine.md, drawn from the rows that the guard trigger reads. */
export async function stateMachinePage(client: ClientBase): Promise<string> {
  const statuses = await client.query<{ status: string; description: string }>(
    `select s.status, s.description
     from app_public.mentor_statuses as s
     where s.status <> 'new'
     order by array_position('{pending,active,paused,retired}', s.status), s.status`,
  );
  const arrows = await client.query<{ from_status: string; to_status: string; label: string }>(
    `select t.from_status, t.to_status, t.label
     from app_public.mentor_status_transitions as t
     order by
       array_position('{new,pending,active,paused,retired}', t.from_status),
       array_position('{pending,active,paused,retired}', t.to_status)`,
  );
  const lines = arrows.rows.map((row) => {
    const from = row.from_status === "new" ? "[*]" : row.from_status;
    return `  ${from} --> ${row.to_status}: ${row.label}`;
  });
  const meanings = statuses.rows.map((row) => `| \`${row.status}\` | ${row.description} |`);
  return `<!-- Made from the database by "npm run generate"; change migrations/ instead. -->

# The states of a mentor

\`\`\`mermaid
stateDiagram-v2
${lines.join("\n")}
\`\`\`

| status | meaning |
|---|---|
${meanings.join("\n")}

Any other change of status is refused with \`MNTRA\`, whoever makes it. The status follows from facts: a
mentor is paused while any pause is open, and becomes active only on a day on which every required
certification holds (\`MNCRT\`). Every change is a row of \`mentor_journal\`.
`;
}
