import type { Rule } from "./rule.ts";
import { firstBytes, lastBytes, latin1, type ImageHeader } from "./image-header.ts";
import { base64Of, countOf, dataOf, headersOf, pdfsOf, sourceOf } from "./media-blocks.ts";
import type { RequestView } from "./request-view.ts";

const VISION = "https://platform.claude.com/docs/en/build-with-claude/vision#request-limits";
const MB = 1024 * 1024;

export const MEDIA_RULES: readonly Rule[] = [
  {
    id: "image-over-10-mb",
    group: "media",
    says: "An image has more than 10 MB of base64.",
    status: 400,
    text: "{path}.image.source.base64: image exceeds 10 MB maximum: {n} bytes > 10485760 bytes",
    textPublished: false,
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
    counterEvidence: "two recorded requests with a JPEG called image/png were accepted by claude-3-5-sonnet-20240620",
    check(request, report) {
      for (const { view, header } of headersOf(request)) {
        const type = sourceOf(view)["media_type"];
        if (header !== undefined && typeof type === "string" && type !== header.mediaType)
          report(dataOf(view), { path: view.apiPath, type });
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

function overSize(request: RequestView, mb: number, below: number, report: Parameters<Rule["check"]>[1]): void {
  for (const { view, data } of base64Of(request, "image")) {
    if (data.length > mb * MB && data.length <= below * MB) report(dataOf(view), { path: view.apiPath, n: data.length });
  }
}

function longestSide(header: ImageHeader | undefined): number {
  return header?.size === undefined ? 0 : Math.max(header.size.width, header.size.height);
}
