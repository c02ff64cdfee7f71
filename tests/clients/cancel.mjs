// Completes mutations of graphql-ws while they run, and lets the next operation have their id:
//   node cancel.mjs URL TOKEN PROJECT COLUMN ROUNDS
// Prints what each subscription under such an id was told first, as a line of JSON.
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [url, token, project, column, rounds] = process.argv.slice(2);
const client = createClient({
  url: `${url.replace("http", "ws")}/graphql`,
  webSocketImpl: WebSocket,
  connectionParams: { authorization: `Bearer ${token}` },
  lazy: false,
  generateID: () => "the-same",
});
const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const create = `mutation ($input: CardCreateInput!) { cardCreate(input: $input) { card { title } } }`;
const watch = `subscription ($project: ID!) {
  projectEvents(projectId: $project, types: ["CardDeleted"]) { __typename }
}`;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

await new Promise((resolve) => client.on("connected", resolve));
for (let round = 0; round < Number(rounds); round++) {
  const input = { projectId: project, columnId: column, title: `Cancelled ${round}` };
  const late = [];
  const ignored = { next: () => {}, error: () => {}, complete: () => {} };
  const cancel = client.subscribe({ query: create, variables: { input } }, ignored);
  await pause(round % 5);
  cancel();
  const first = await new Promise((resolve) => {
    const end = client.subscribe(
      { query: watch, variables: { project } },
      {
        next: (result) => {
          end();
          resolve(result);
        },
        error: (error) => resolve({ failed: String(error?.reason ?? JSON.stringify(error)) }),
        complete: () => {},
      },
    );
  });
  tell({ first });
}
process.stdin.resume().on("end", () => process.exit());
