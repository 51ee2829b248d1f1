import type { Rule } from "./rule.ts";
import { firstBytes, lastBytes, latin1, readImageHeader, type ImageHeader } from "./image-header.ts";
import { fieldsOf, type BlockView, type RequestView } from "./request-view.ts";

const VISION = "https://platform.claude.com/docs/en/build-with-claude/vision#request-limits";
const MB = 1024 * 1024;

export const MEDIA_RULES: readonly Rule[] = [
  {
    id: "image-over-10-mb",
    group: "media",
    says: "An image has more than 10 MB of base64.",
    status: 400,
    text: "{path}.image.source.base64: image exceeds 10 MB maximum: {n} bytes > 10485760 bytes",
    confidence: "official",
    source: `${VISION} ; text: https://github.com/anthropics/claude-code/issues/14201, with 5 MB`,
    check: (request, report) => overSize(request, 10, Infinity, report),
  },
  {
    id: "image-over-5-mb",
    group: "media",
    says: "An image has more than 5 MB of base64, the limit until 2026.",
    status: 400,
    text: "{path}.image.source.base64: image exceeds 5 MB maximum: {n} bytes > 5242880 bytes",
    confidence: "high",
    source: "https://github.com/anthropics/claude-code/issues/14201 ; https://github.com/earendil-works/pi/issues/824",
    counterEvidence: `${VISION} says 10 MB`,
    check: (request, report) => overSize(request, 5, 10, report),
  },
  {
    id: "image-over-8000-pixels",
    group: "media",
    says: "A side of an image is longer than 8,000 pixels.",
    status: 400,
    text: "{path}.image.source.base64.data: At least one of the image dimensions exceed max allowed size: 8000 pixels",
    confidence: "high",
    source: "public code",
    check(request, report) {
      for (const { view, header } of headersOf(request)) if (longestSide(header) > 8000) report(dataOf(view), { path: view.apiPath });
    },
  },
  {
    id: "image-over-2000-pixels",
    group: "media",
    says: "There are more than 20 images, and a side of one is longer than 2,000 pixels.",
    status: 400,
    text: "{path}.image.source.base64.data: At least one of the image dimensions exceed max allowed size for many-image requests: 2000 pixels",
    confidence: "high",
    source: "public code ; @anthropic-ai/sdk 1.12.0 error code image_dimensions_too_large",
    check(request, report) {
      if (countOf(request, "image") <= 20) return;
      for (const { view, header } of headersOf(request)) if (longestSide(header) > 2000) report(dataOf(view), { path: view.apiPath });
    },
  },
  {
    id: "images-too-many",
    group: "media",
    says: "There are more images than the model takes: 100 with a context window of 200,000 tokens, 600 with a larger one.",
    status: 400,
    text: "Too much media: 0 document pages + {images} images > {limit}",
    confidence: "official",
    source: `${VISION} ; https://github.com/anthropics/claude-code/issues/19822 ; https://github.com/anthropics/claude-code/issues/23392`,
    check(request, report) {
      const tokens = request.model?.contextWindowTokens;
      if (tokens === undefined) return;
      const limit = tokens <= 200_000 ? 100 : 600;
      const images = countOf(request, "image");
      const documents = countOf(request, "document");
      if (images <= limit) return;
      if (documents === 0) report("messages", { images, limit });
      else report("messages", { images, documents, limit }, "too many images and documents: {images} + {documents} > {limit}");
    },
  },
  {
    id: "image-media-type",
    group: "media",
    says: "An image's first bytes are of another type than its media_type says.",
    status: 400,
    text: "{path}.image.source.base64.data: Image does not match the provided media type {type}",
    confidence: "high",
    source: "https://github.com/anthropics/claude-code/issues/12064",
    check(request, report) {
      for (const { view, header } of headersOf(request)) {
        const type = sourceOf(view)["media_type"];
        if (header !== undefined && typeof type === "string" && type !== header.mediaType) report(dataOf(view), { path: view.apiPath, type });
      }
    },
  },
  {
    id: "media-undecodable",
    group: "media",
    says: "The data of an image is of none of the four types, or that of a PDF does not start as one. Only the first bytes are looked at.",
    status: 400,
    text: "Could not process image",
    confidence: "high",
    source: "https://github.com/anthropics/anthropic-sdk-python/issues/903 ; public code",
    check(request, report) {
      for (const { view, header } of headersOf(request)) if (header === undefined) report(dataOf(view));
      for (const { view, data } of pdfsOf(request)) {
        const bytes = firstBytes(data.slice(0, 2048));
        if (bytes === undefined || !latin1(bytes).includes("%PDF-")) report(dataOf(view), {}, "Could not process PDF");
      }
    },
  },
  {
    id: "pdf-password",
    group: "media",
    says: "A PDF is encrypted, as the trailer at its end says. Not seen where that stands elsewhere.",
    status: 400,
    text: "{path}.pdf.source.base64.data: The PDF specified is password protected.",
    confidence: "high",
    source: "https://github.com/anthropics/claude-code/issues/19013",
    check(request, report) {
      for (const { view, data } of pdfsOf(request)) {
        const bytes = lastBytes(data);
        if (bytes !== undefined && /\/Encrypt\b/.test(latin1(bytes))) report(dataOf(view), { path: view.apiPath });
      }
    },
  },
];

interface Media {
  readonly view: BlockView;
  readonly data: string;
}

/** Headers are read once for a request, whichever rule asks first. */
const HEADERS = new WeakMap<RequestView, readonly { view: BlockView; header: ImageHeader | undefined }[]>();

function headersOf(request: RequestView): readonly { readonly view: BlockView; readonly header: ImageHeader | undefined }[] {
  let headers = HEADERS.get(request);
  if (headers === undefined) {
    headers = base64Of(request, "image").map(({ view, data }) => {
      const bytes = firstBytes(data);
      return { view, header: bytes === undefined ? undefined : readImageHeader(bytes) };
    });
    HEADERS.set(request, headers);
  }
  return headers;
}

function pdfsOf(request: RequestView): readonly Media[] {
  return base64Of(request, "document").filter(({ view }) => sourceOf(view)["media_type"] === "application/pdf");
}

function base64Of(request: RequestView, type: string): readonly Media[] {
  return request.blocks.flatMap((view) => {
    if (view.block.type !== type) return [];
    const source = sourceOf(view);
    const { data } = source;
    return source["type"] === "base64" && typeof data === "string" ? [{ view, data }] : [];
  });
}

function overSize(request: RequestView, mb: number, below: number, report: Parameters<Rule["check"]>[1]): void {
  for (const { view, data } of base64Of(request, "image")) {
    if (data.length > mb * MB && data.length <= below * MB) report(dataOf(view), { path: view.apiPath, n: data.length });
  }
}

function countOf(request: RequestView, type: string): number {
  return request.blocks.reduce((count, { block }) => (block.type === type ? count + 1 : count), 0);
}

function longestSide(header: ImageHeader | undefined): number {
  return header?.size === undefined ? 0 : Math.max(header.size.width, header.size.height);
}

function sourceOf(view: BlockView) {
  return fieldsOf(view.block["source"]);
}

function dataOf(view: BlockView): string {
  return `${view.path}.source.data`;
}
