// A day of work over MCP with the official client:
//   node mcp.mjs auto|legacy URL AGENT_TOKEN PROJECT AGENT
// Prints what each step came to as a line of JSON. What `authorize` tells is the address where its person agrees; the
// address that their browser is led to then is a line of standard input. After `follows`, the gateway at URL is ended
// and started again.
import { createInterface } from "node:readline/promises";
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from "@modelcontextprotocol/client";

const [mode, url, agentToken, project, agent] = process.argv.slice(2);
const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const soon = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What a client of OAuth keeps. */
class Kept {
  redirectUrl = "http://127.0.0.1:5123/callback";
  clientMetadata = { client_name: "Day", redirect_uris: [this.redirectUrl] };
  renewals = -1;
  state() {
    this.asked ??= crypto.randomUUID();
    return this.asked;
  }
  clientInformation = () => this.client;
  saveClientInformation = (client) => void (this.client = client);
  tokens = () => this.held;
  saveTokens(tokens) {
    this.held = tokens;
    this.renewals += 1;
  }
  expire = () => void (this.held = { ...this.held, access_token: "of-before" });
  redirectToAuthorization = (where) => void (this.where = where);
  saveCodeVerifier = (verifier) => void (this.verifier = verifier);
  codeVerifier = () => this.verifier;
  saveDiscoveryState = (found) => void (this.found = found);
  discoveryState = () => this.found;
}

const made = () => new Client({ name: "day", version: "1.0.0" }, { versionNegotiation: { mode } });
const transport = (options) => new StreamableHTTPClientTransport(new URL(`${url}/mcp`), options);

async function connected(credential) {
  const client = made();
  await client.connect(transport({ requestInit: { headers: { authorization: `Bearer ${credential}` } } }));
  return client;
}

async function signedIn(kept) {
  const [client, refused] = [made(), transport({ authProvider: kept })];
  try {
    await made().connect(refused);
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
  }
  tell({ authorize: kept.where });
  const input = createInterface({ input: process.stdin });
  const { searchParams } = new URL((await input[Symbol.asyncIterator]().next()).value);
  input.close();
  if (searchParams.get("state") !== kept.asked) throw new Error("the answer is to another question");
  await refused.finishAuth(searchParams);
  await client.connect(transport({ authProvider: kept }));
  return client;
}

async function persistently(attempt) {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!/fetch failed|ECONNREFUSED|terminated/.test(`${error} ${error?.cause}`)) throw error;
      await soon(100);
    }
  }
}

const textOf = ({ content }) => content.map((part) => part.text).join("\n");
const call = async (client, name, args, options) => client.callTool({ name, arguments: args }, options);
const kept = new Kept();
const ann = await signedIn(kept);
const worker = await connected(agentToken);

// Find, write, read
tell({ tools: (await ann.listTools()).tools.map(({ name }) => name) });
tell({ found: textOf(await call(ann, "find_tools", { query: "create a label" })).includes("create_label") });
const created = await call(ann, "create_card", { projectId: project, title: "Made" });
const card = created.structuredContent.card.id;
kept.expire();
tell({ read: textOf(await call(ann, "get_card", { id: card })).includes("title: Made") });
tell({ renewals: kept.renewals });
tell({ refused: (await call(ann, "get_card", { id: project })).isError });

// Write with approval
const asked = await call(worker, "update_card", { id: card, title: "Approved" });
const proposal = asked.structuredContent.proposal.id;
await call(ann, "decide_proposals", { ids: [proposal], approved: true });
tell({ pending: asked.structuredContent.status, approved: textOf(await call(ann, "get_card", { id: card })) });

// Listen over a cut
const uri = `orrery://project/${project}`;
const history = async (after) => {
  const address = after === undefined ? `${uri}/events` : `${uri}/events?after=${after}`;
  const [{ text }] = (await ann.readResource({ uri: address })).contents;
  return { text, cursor: /next: after=(\S+)/.exec(text)[1] };
};
let { cursor } = await history();
if (mode === "auto") {
  const heard = [];
  ann.setNotificationHandler("notifications/resources/updated", ({ params }) => heard.push(params._meta["orrery/cursor"]));
  const subscription = await ann.listen({ resourceSubscriptions: [uri] });
  await call(ann, "create_card", { projectId: project, title: "Heard" });
  while (heard.length === 0) await soon(20);
  cursor = heard.at(-1);
  tell({ follows: heard.length });
  tell({ ended: await subscription.closed });
  await persistently(() => ann.listen({ resourceSubscriptions: [uri] }));
} else {
  tell({ follows: 0 });
}
let missed = "";
while (!missed.includes("Last")) {
  const next = await persistently(() => history(cursor));
  missed += next.text;
  cursor = next.cursor;
  await soon(50);
}
tell({ missed: [...missed.matchAll(/CardCreated .*?card: (\w+) \[/g)].map(([, title]) => title) });

// Run an agent, and be told how far it is
const workspace = /\[([0-9a-f]{24})\]/.exec(textOf(await call(ann, "whoami", {})).split("workspaces")[1])[1];
const notes = [];
const running = call(
  ann,
  "run_agent",
  { agentId: agent, prompt: "Look after the cards" },
  { onprogress: ({ message }) => notes.push(message) },
);
let claimed;
do {
  await soon(50);
  claimed = (await call(worker, "claim_mission", { workspaceId: workspace })).structuredContent;
} while (!claimed?.mission && !claimed?.result);
const mission = claimed.mission ?? claimed.result;
await call(worker, "finish_mission", { id: mission.id, summary: "All in order" });
tell({ notes, ran: (await running).structuredContent.mission.summary });

// Cancel
const given = new AbortController();
const begun = [];
const stopped = call(
  ann,
  "run_agent",
  { agentId: agent, prompt: "Never mind" },
  { signal: given.signal, onprogress: (note) => begun.push(note) },
).catch((error) => `${error}`);
while (begun.length === 0) await soon(20);
given.abort("no more");
await stopped;
let missions = "";
while (!/cancelled/.test(missions)) {
  await soon(50);
  missions = textOf(await call(ann, "call_tool", { name: "list_missions", arguments: { workspaceId: workspace } }));
}
tell({ cancelled: true });
process.exit();
