import { REQUEST_SHAPES, type RequestShape } from "./request-shapes.ts";
import { fieldsOf, listOf, type RequestView } from "./request-view.ts";

/** A value of the request that one of the shapes describes. */
export interface ShapePlace {
  readonly value: unknown;
  readonly shape: RequestShape;
  /** In the body as it was passed; empty for the body itself. */
  readonly path: string;
  /** As the API names it. */
  readonly apiPath: string;
}

/** Every place of a request that has a shape, in the order of the request's own fields. */
export function placesOf(request: RequestView): readonly ShapePlace[] {
  const places: ShapePlace[] = [];
  const add = (value: unknown, shape: RequestShape, path: string, apiPath = path) => {
    if (value !== undefined && value !== null) places.push({ value, shape, path, apiPath });
  };
  const { body } = request;
  add(body, REQUEST_SHAPES.body, "");
  for (const field of ["metadata", "thinking", "tool_choice", "output_config", "cache_control"] as const)
    add(body[field], REQUEST_SHAPES[field], field);
  add(fieldsOf(body["output_config"])["format"], REQUEST_SHAPES.format, "output_config.format");
  listOf(fieldsOf(body["context_management"])["edits"]).forEach((edit, index) =>
    add(edit, REQUEST_SHAPES.contextEdit, `context_management.edits.${index}`),
  );
  for (const { tool, path } of request.tools) add(tool["cache_control"], REQUEST_SHAPES.cache_control, `${path}.cache_control`);
  for (const { block, path } of request.system) add(block["cache_control"], REQUEST_SHAPES.cache_control, `${path}.cache_control`);
  for (const { block, path, apiPath } of request.blocks) {
    const at = `${apiPath}.${block.type}`;
    add(block["cache_control"], REQUEST_SHAPES.cache_control, `${path}.cache_control`, `${at}.cache_control`);
    if (block.type === "image") add(block["source"], REQUEST_SHAPES.imageSource, `${path}.source`, `${at}.source`);
    if (block.type === "document") add(block["source"], REQUEST_SHAPES.documentSource, `${path}.source`, `${at}.source`);
    if (block.type === "tool_result") add(block, REQUEST_SHAPES.toolResult, path, at);
  }
  return places;
}
