import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const gateway = "http://127.0.0.1:3001";

export default defineConfig(({ command }) => ({
  // Built, the pages find their files by where they are themselves, so that they work below any path of a host.
  base: command === "build" ? "./" : "/_web/",
  plugins: [react()],
  worker: { format: "es" },
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // An editor and its language services are big by nature; the warning would only hide others.
    chunkSizeWarningLimit: 6000,
    rolldownOptions: {
      input: { graphiql: "graphiql.html", reference: "reference.html" },
      onwarn(warning, warn) {
        // The packages of GraphiQL carry a directive for a compiler that has already run over them.
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
    },
  },
  server: {
    fs: { allow: [".."] },
    proxy: {
      "/graphql": { target: gateway, ws: true },
      "/auth": gateway,
      "/api": gateway,
    },
  },
}));
