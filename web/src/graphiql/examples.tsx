import { type GraphiQLPlugin, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { type OperationTypeNode, parse, type VariableDefinitionNode } from "graphql";

export interface Example {
  file: string;
  title: string;
  description: string;
  operation: OperationTypeNode;
  query: string;
  /** JSON text with one empty entry for each variable that has no default. */
  variables: string;
}

const FILES = import.meta.glob<string>(
  ["../../../graphql/examples/*.graphql", "../../../graphql/operations/project-events.graphql"],
  { query: "?raw", import: "default", eager: true },
);

export const EXAMPLES: readonly Example[] = Object.entries(FILES)
  .map(([path, query]) => read(path.slice(path.lastIndexOf("/") + 1, -".graphql".length), query))
  .filter((example) => example !== null)
  .sort((a, b) => a.title.localeCompare(b.title));

function read(file: string, query: string): Example | null {
  const operation = parse(query).definitions.find((definition) => definition.kind === "OperationDefinition");
  if (!operation) return null;
  const words = file.replaceAll("-", " ");
  return {
    file,
    title: words.charAt(0).toUpperCase() + words.slice(1),
    description: leadingComment(query),
    operation: operation.operation,
    query: `${query.trim()}\n`,
    variables: variablesOf(operation.variableDefinitions ?? []),
  };
}

function leadingComment(query: string): string {
  const lines = query.trim().split("\n");
  const end = lines.findIndex((line) => !line.startsWith("#"));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^#\s?/, ""))
    .join(" ")
    .trim();
}

function variablesOf(definitions: readonly VariableDefinitionNode[]): string {
  const entries = definitions
    .filter((definition) => !definition.defaultValue)
    .map((definition) => [definition.variable.name.value, emptyValue(definition)]);
  return entries.length ? JSON.stringify(Object.fromEntries(entries), null, 2) : "";
}

function emptyValue({ type }: VariableDefinitionNode): unknown {
  if (type.kind !== "NonNullType") return null;
  if (type.type.kind === "ListType") return [];
  const name = type.type.name.value;
  return name === "ID" || name === "String" ? "" : name.endsWith("Input") ? {} : null;
}

function ExamplesPane() {
  const { addTab, stop } = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);

  function open(example: Example): void {
    stop();
    addTab();
    queryEditor?.setValue(example.query);
    variableEditor?.setValue(example.variables);
    queryEditor?.focus();
  }

  return (
    <section className="examples" aria-label="Examples">
      <div className="examples-title">Examples</div>
      <p>Each opens in a tab of its own. Fill in the variables, then run it.</p>
      <ul>
        {EXAMPLES.map((example) => (
          <li key={example.file}>
            <button type="button" onClick={() => open(example)}>
              <span>
                <strong>{example.title}</strong>
                <em className={`examples-${example.operation}`}>{example.operation}</em>
              </span>
              {example.description && <small>{example.description}</small>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function ExamplesIcon() {
  return (
    <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round">
      <rect x="1.5" y="2" width="13" height="12" rx="2" />
      <path d="M4.5 6h7M4.5 8.5h5M4.5 11h6" />
    </svg>
  );
}

export const EXAMPLES_PLUGIN: GraphiQLPlugin = {
  title: "Examples",
  icon: ExamplesIcon,
  content: ExamplesPane,
};
