// What stands in place of each reference, in memory alone: Swagger UI's own way reads the whole document anew for every
// route that comes into view, which took seconds for hundreds of routes. All references of ours are within the document.

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface Resolved {
  spec: Json;
  errors: { message: string; fullPath: readonly string[] }[];
}

function step(from: Json | undefined, name: string): Json | undefined {
  return from !== null && typeof from === "object" ? (from as Record<string, Json>)[name] : undefined;
}

function pointed(document: Json, reference: string): Json | undefined {
  const names = reference.slice(2).split("/");
  return names.map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~")).reduce(step, document as Json | undefined);
}

/** What stands at a path of a document, with each reference replaced; one that leads back into itself stays. */
export async function resolveSubtree(document: Json, path: readonly string[]): Promise<Resolved> {
  const errors: Resolved["errors"] = [];

  function resolve(value: Json, within: readonly string[]): Json {
    if (Array.isArray(value)) return value.map((each) => resolve(each, within));
    if (value === null || typeof value !== "object") return value;
    const reference = value.$ref;
    if (typeof reference !== "string" || within.includes(reference)) {
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, resolve(each, within)]));
    }
    const found = pointed(document, reference);
    if (found === undefined) {
      errors.push({ message: `${reference} is not in the document`, fullPath: path });
      return value;
    }
    const whole = resolve(found, [...within, reference]);
    return whole !== null && typeof whole === "object" && !Array.isArray(whole) ? { ...whole, $$ref: reference } : whole;
  }

  const found = path.reduce(step, document as Json | undefined);
  return { spec: found === undefined ? null : resolve(found, []), errors };
}
