// The lock file pins by integrity hash; the addresses npm adds beside it (funding pages) are noise, so they go.
import { readFileSync, writeFileSync } from "node:fs";

const path = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(path, "utf8"));

for (const entry of Object.values(lock.packages)) {
  delete entry.funding;
  delete entry.resolved;
}

const text = `${JSON.stringify(lock, null, 2)}\n`;
if (/https?:\/\//.test(text)) {
  throw new Error("package-lock.json still holds an address");
}
writeFileSync(path, text);
