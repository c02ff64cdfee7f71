// The audits of GraphQL over HTTP that graphql-http makes of a server:
//   node audit.mjs URL [TOKEN]
// Prints what came of each, as a line of JSON.
import { auditServer } from "graphql-http";

const [url, token] = process.argv.slice(2);
const fetchFn = token
  ? (address, options) => fetch(address, { ...options, headers: { ...options?.headers, authorization: `Bearer ${token}` } })
  : fetch;

for (const { id, name, status, reason } of await auditServer({ url: `${url}/graphql`, fetchFn }))
  process.stdout.write(`${JSON.stringify({ id, name, status, reason })}\n`);
