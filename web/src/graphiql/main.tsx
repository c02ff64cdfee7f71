import { useGraphiQLActions } from "@graphiql/react";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import "graphiql/style.css";
import { useEffect, useRef } from "react";
import { createRoot } from "react-dom/client";
import { useUser } from "../shared/session";
import { TopBar } from "../shared/TopBar";
import { EventsPanel } from "./EventsPanel";
import { EXAMPLES, EXAMPLES_PLUGIN } from "./examples";
import { fetcher } from "./fetcher";
import "./style.css";
import "./workers";

const PLUGINS = [EXAMPLES_PLUGIN, HISTORY_PLUGIN];
const FIRST = EXAMPLES.find((example) => example.file === "board") ?? EXAMPLES[0];
const TABS = FIRST && [{ query: FIRST.query, variables: FIRST.variables }];
// The variables editor reads only this, and it outranks what an earlier visit stored, so it is for the first visit.
const FIRST_VARIABLES = localStorage.getItem("graphiql:tabState") ? undefined : FIRST?.variables;

/** Fetches the schema again when another person signs in, since what one may introspect can differ. */
function SchemaOfUser() {
  const id = useUser()?.id;
  const { introspect } = useGraphiQLActions();
  const last = useRef(id);
  useEffect(() => {
    if (last.current !== id) void introspect();
    last.current = id;
  }, [id, introspect]);
  return null;
}

function App() {
  return (
    <>
      <TopBar page="GraphiQL" />
      <main>
        <GraphiQL
          fetcher={fetcher}
          plugins={PLUGINS}
          visiblePlugin={EXAMPLES_PLUGIN}
          defaultQuery=""
          defaultTabs={TABS}
          initialVariables={FIRST_VARIABLES}
          defaultEditorToolsVisibility="variables"
        >
          <GraphiQL.Logo>
            <span />
          </GraphiQL.Logo>
          <GraphiQL.Footer>
            <SchemaOfUser />
            <EventsPanel />
          </GraphiQL.Footer>
        </GraphiQL>
      </main>
    </>
  );
}

createRoot(document.getElementById("root")!).render(<App />);
