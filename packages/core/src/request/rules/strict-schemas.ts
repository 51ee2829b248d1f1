import type { Rule } from "./rule.ts";
import { fieldsOf, isFields, type RequestView } from "./request-view.ts";

const LIMITS = "https://platform.claude.com/docs/en/build-with-claude/structured-outputs#schema-complexity-limits";

export const STRICT_SCHEMA_RULES: readonly Rule[] = [
  {
    id: "strict-pattern-unsupported",
    group: "tools",
    says: "A strict tool's schema has a pattern with look-around, a back-reference or a word boundary.",
    status: 400,
    text: "Unsupported regex feature in pattern field: {pattern}",
    confidence: "official",
    source: "https://platform.claude.com/docs/en/agents-and-tools/tool-use/troubleshooting-tool-use",
    check(request, report) {
      for (const { path, schema } of strictSchemas(request)) {
        walk(schema, (node) => {
          const { pattern } = node;
          if (typeof pattern === "string" && UNSUPPORTED.test(pattern)) report(path, { pattern });
        });
      }
    },
  },
  {
    id: "strict-schemas-too-complex",
    group: "tools",
    says: "Strict tools have together more than 20 tools, 24 optional parameters or 16 parameters of a union type.",
    status: 400,
    text: "Schema is too complex for compilation.",
    confidence: "official",
    source: LIMITS,
    check(request, report) {
      const schemas = strictSchemas(request);
      let optional = 0;
      let unions = 0;
      for (const { schema } of schemas) {
        walk(schema, (node) => {
          const required = new Set(Array.isArray(node["required"]) ? node["required"] : []);
          for (const [name, property] of Object.entries(fieldsOf(node["properties"]))) {
            if (!required.has(name)) optional += 1;
            const { type, anyOf } = fieldsOf(property);
            if (Array.isArray(type) || Array.isArray(anyOf)) unions += 1;
          }
        });
      }
      if (schemas.length > 20 || optional > 24 || unions > 16) report("tools");
    },
  },
];

const UNSUPPORTED = /\(\?(?:=|!|<=|<!)|\\[1-9bB]/;
const DEPTH_MAX = 64;

function strictSchemas(request: RequestView): readonly { readonly path: string; readonly schema: unknown }[] {
  return request.tools.flatMap(({ tool, path }) =>
    tool["strict"] === true ? [{ path: `${path}.input_schema`, schema: tool["input_schema"] }] : [],
  );
}

/** Every object inside a schema, once each. Values that contain themselves end; deeper than the limit is not looked at. */
function walk(root: unknown, visit: (node: Readonly<Record<string, unknown>>) => void): void {
  const seen = new Set<unknown>();
  const queue: (readonly [node: unknown, depth: number])[] = [[root, 0]];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [node, depth] = next;
    if (typeof node !== "object" || node === null || depth > DEPTH_MAX || seen.has(node)) continue;
    seen.add(node);
    if (isFields(node)) visit(node);
    for (const inner of Object.values(node)) queue.push([inner, depth + 1]);
  }
}
