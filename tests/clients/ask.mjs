// Runs operations one after the other with a client that others made:
//   node ask.mjs graphql-ws|graphql-sse URL TOKEN REQUESTS
// REQUESTS is a list as JSON. Prints what came of each, as a line of JSON.
import { createClient as createStreamClient } from "graphql-sse";
import { createClient as createSocketClient } from "graphql-ws";
import WebSocket from "ws";

const [kind, url, token, requests] = process.argv.slice(2);
const authorization = `Bearer ${token}`;
const client = {
  "graphql-ws": () =>
    createSocketClient({
      url: `${url.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization },
      retryAttempts: 0,
    }),
  "graphql-sse": () => createStreamClient({ url: `${url}/graphql`, headers: { authorization }, retryAttempts: 0 }),
}[kind]();

const ask = (request) =>
  new Promise((resolve) => {
    const results = [];
    client.subscribe(request, {
      next: (result) => results.push(result),
      error: (error) => resolve({ results, error: told(error) }),
      complete: () => resolve({ results, complete: true }),
    });
  });

// A list of GraphQL errors, a close event of a socket, or a failed answer.
const told = (error) =>
  Array.isArray(error) ? error : { code: error.code ?? error.response?.status, reason: error.reason ?? error.message };

for (const request of JSON.parse(requests)) process.stdout.write(`${JSON.stringify(await ask(request))}\n`);
client.dispose();
