import type { Rule } from "./rule.ts";
import { fieldsOf, isFields, type RequestView } from "./request-view.ts";

const PAGE = "https://platform.claude.com/docs/en/build-with-claude/prompt-caching";

export const CACHE_RULES: readonly Rule[] = [
  {
    id: "cache-marks-too-many",
    group: "cache",
    says: "There are more than four cache_control marks, the automatic one counted.",
    status: 400,
    text: "A maximum of 4 blocks with cache_control may be provided. Found {n}.",
    confidence: "official",
    source: `${PAGE} (at most 4 breakpoints) ; text: public code`,
    check(request, report) {
      const marks = marksOf(request);
      const fifth = marks[4];
      if (fifth !== undefined) report(controlOf(fifth), { n: marks.length });
    },
  },
  {
    id: "cache-ttl-order",
    group: "cache",
    says: "A mark of one hour comes after a mark of five minutes, in the order tools, system, messages.",
    status: 400,
    text: "{path}.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.",
    confidence: "high",
    source: "public code",
    check(request, report) {
      let short = false;
      for (const mark of marksOf(request)) {
        if (mark.ttl === "1h" && short) report(`${controlOf(mark)}.ttl`, { path: mark.apiPath });
        if (mark.ttl === "5m") short = true;
      }
    },
  },
  {
    id: "cache-mark-on-empty-text",
    group: "cache",
    says: "An empty text block has a cache_control mark.",
    status: 400,
    text: "{path}.text: cache_control cannot be set for empty text blocks",
    confidence: "high",
    source: "public code",
    check(request, report) {
      for (const blocks of [request.system, request.blocks]) {
        for (const { block, path, apiPath } of blocks) {
          if (block.type !== "text" || block["text"] !== "") continue;
          if (isFields(block["cache_control"])) report(path, { path: apiPath });
        }
      }
    },
  },
  {
    id: "cache-mark-on-thinking",
    group: "cache",
    says: "A thinking block has a cache_control mark.",
    status: 400,
    text: "{path}.{type}.cache_control: Extra inputs are not permitted",
    confidence: "official",
    source: `${PAGE}#what-cannot-be-cached`,
    check(request, report) {
      for (const { block, path, apiPath } of request.blocks) {
        if (!/^(?:redacted_)?thinking$/.test(block.type) || !isFields(block["cache_control"])) continue;
        report(`${path}.cache_control`, { path: apiPath, type: block.type });
      }
    },
  },
  {
    id: "cache-automatic-conflict",
    group: "cache",
    says: "cache_control is set for the whole request, and the last block has a mark of another duration, or four blocks have marks already.",
    status: 400,
    text: "cache_control: the automatic mark conflicts with the marks of the blocks",
    textPublished: false,
    confidence: "official",
    source: `${PAGE}#edge-cases`,
    check(request, report) {
      const automatic = request.body["cache_control"];
      if (!isFields(automatic)) return;
      const marks = explicitMarks(request);
      const last = request.turns.at(-1)?.blocks.at(-1);
      const lastMark = marks.find(({ path }) => path === last?.path);
      const differs = lastMark !== undefined && lastMark.ttl !== ttlOf(automatic);
      // On a block that has its own mark the automatic one takes no slot.
      if (differs || (marks.length >= 4 && lastMark === undefined)) report("cache_control");
    },
  },
];

interface Mark {
  /** The marked block; empty for the automatic mark, which is the body's own. */
  readonly path: string;
  readonly apiPath: string;
  readonly ttl: unknown;
}

/** All marks in the order of the prefix; the automatic one last, where the last block has none of its own. */
function marksOf(request: RequestView): readonly Mark[] {
  const marks = explicitMarks(request);
  const automatic = request.body["cache_control"];
  const last = request.turns.at(-1)?.blocks.at(-1);
  if (!isFields(automatic) || marks.some(({ path }) => path === last?.path)) return marks;
  return [...marks, { path: "", apiPath: last?.apiPath ?? "messages", ttl: ttlOf(automatic) }];
}

function explicitMarks(request: RequestView): readonly Mark[] {
  const marks: Mark[] = [];
  const add = (path: string, apiPath: string, control: unknown) => {
    if (isFields(control)) marks.push({ path, apiPath, ttl: ttlOf(control) });
  };
  for (const { tool, path } of request.tools) add(path, path, tool["cache_control"]);
  for (const blocks of [request.system, request.blocks]) {
    for (const { block, path, apiPath } of blocks) add(path, apiPath, block["cache_control"]);
  }
  return marks;
}

function controlOf({ path }: Mark): string {
  return path === "" ? "cache_control" : `${path}.cache_control`;
}

function ttlOf(control: unknown): unknown {
  return fieldsOf(control)["ttl"] ?? "5m";
}
