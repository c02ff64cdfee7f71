// Keeps a graphql-ws client's socket open with another credential, and follows a project:
//   node refresh.mjs URL TOKEN PROJECT NEW_TOKEN
// Prints the answer and each event as a line of JSON. It ends with its standard input.
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [url, token, project, renewed] = process.argv.slice(2);
const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const query = `subscription ($project: ID!) {
  projectEvents(projectId: $project) { __typename ... on CardCreated { card { title } } }
}`;

const client = createClient({
  url: `${url.replace("http", "ws")}/graphql`,
  webSocketImpl: WebSocket,
  connectionParams: { authorization: `Bearer ${token}` },
  retryAttempts: 0,
  keepAlive: 200,
  on: {
    connected: (socket) =>
      socket.send(JSON.stringify({ type: "ping", payload: { authorization: `Bearer ${renewed}` } })),
    pong: (received, payload) => payload && tell({ received, payload }),
  },
});
client.subscribe(
  { query, variables: { project } },
  {
    next: ({ data }) => tell(data.projectEvents),
    error: (error) => tell({ failed: error.reason ?? error }),
    complete: () => tell({ complete: true }),
  },
);
process.stdin.resume().on("end", () => process.exit());
