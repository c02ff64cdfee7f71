// Scripts are served below `/_web/`, and what is before it is where the gateway begins on its host.
const root = new URL(import.meta.url).pathname.split("/_web/")[0] ?? "";

/** The address of a path of the gateway on this host, which may be below a path of its own. */
export const at = (path: string): string => root + path;
