import { isRecord } from "../wire.ts";

/** The smallest value that a JSON schema of `output_config.format` allows, as far as types, enums and required fields go. */
export function sampleJson(schema: unknown): unknown {
  if (!isRecord(schema)) return null;
  if ("const" in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const variants = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(variants)) return sampleJson(variants[0]);
  const type: unknown = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case "object": {
      const properties = isRecord(schema.properties) ? schema.properties : {};
      const required = Array.isArray(schema.required) ? schema.required : [];
      return Object.fromEntries(required.map((name) => [String(name), sampleJson(properties[String(name)])]));
    }
    case "array":
      return [];
    case "string":
      return "practice";
    case "integer":
    case "number":
      return 0;
    case "boolean":
      return false;
    default:
      return null;
  }
}
