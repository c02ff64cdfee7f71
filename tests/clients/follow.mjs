// Follows a project with a client that others made, across restarts of the gateway:
//   node follow.mjs graphql-ws|graphql-sse|eventsource|apollo URL TOKEN PROJECT
// Prints each event as a line of JSON. It ends with its standard input.
import { readFileSync } from "node:fs";

import { ApolloClient, ApolloLink, gql, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { EventSource } from "eventsource";
import { createClient as createStreamClient } from "graphql-sse";
import { createClient as createSocketClient } from "graphql-ws";
import { tap } from "rxjs";
import WebSocket from "ws";

const [kind, url, token, project] = process.argv.slice(2);
const authorization = `Bearer ${token}`;
const query = `subscription ($project: ID!, $after: Cursor) {
  projectEvents(projectId: $project, after: $after) {
    __typename ... on Event { cursor } ... on CardCreated { card { title } } ... on StreamReady { recovered }
  }
}`;
const soon = () => new Promise((resolve) => setTimeout(resolve, 100));
const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

// Both clients write their request anew for each connection, so that a reconnect resumes after the last event.
const request = { query, variables: { project, after: null } };
const sink = {
  next: ({ data, errors }) => {
    if (errors) return tell({ errors });
    request.variables.after = data.projectEvents.cursor;
    tell(data.projectEvents);
  },
  error: (error) => tell({ failed: String(error?.reason ?? error) }),
  complete: () => tell({ complete: true }),
};

const socketClient = () =>
  createSocketClient({
    url: `${url.replace("http", "ws")}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    retryAttempts: Infinity,
    retryWait: soon,
    shouldRetry: () => true,
    on: { closed: ({ code }) => tell({ closed: code }) },
  });

const follow = {
  "graphql-ws": () => socketClient().subscribe(request, sink),

  "graphql-sse": () =>
    createStreamClient({
      url: `${url}/graphql`,
      headers: { authorization },
      retryAttempts: Infinity,
      retry: soon,
    }).subscribe(request, sink),

  // As browsers have it: the address stays, and Last-Event-ID says where to resume.
  eventsource: () => {
    const address = new URL("/graphql", url);
    address.search = new URLSearchParams({ query, variables: JSON.stringify({ project }) });
    const source = new EventSource(address, {
      fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, authorization } }),
    });
    source.addEventListener("next", ({ data, lastEventId }) => {
      const { projectEvents } = JSON.parse(data).data;
      if (projectEvents.cursor !== lastEventId) tell({ failed: `the id of ${data} is ${lastEventId}` });
      tell(projectEvents);
    });
    source.addEventListener("complete", () => tell({ complete: true }));
  },

  // It copies the variables; the link that notes the cursor where they are written anew is that of the documentation.
  apollo: () => {
    const page = readFileSync(new URL("../../docs/streams.md", import.meta.url), "utf8");
    const [, told] = /### With Apollo Client.*?```js\n(.*?)```/s.exec(page);
    const resuming = new Function("ApolloLink", "tap", `${told}; return resuming;`)(ApolloLink, tap);
    const link = resuming.concat(new GraphQLWsLink(socketClient()));
    new ApolloClient({ link, cache: new InMemoryCache() })
      .subscribe({ query: gql(query), variables: { project } })
      .subscribe({
        ...sink,
        next: ({ data, error }) => tell(error ? { errors: String(error) } : data.projectEvents),
      });
  },
};

follow[kind]();
process.stdin.resume().on("end", () => process.exit());
