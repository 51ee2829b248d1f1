import { firstBytes, readImageHeader, type ImageHeader } from "./image-header.ts";
import { fieldsOf, type BlockView, type RequestView } from "./request-view.ts";

interface Media {
  readonly view: BlockView;
  readonly data: string;
}

/** Headers are read once for a request, whichever rule asks first. */
const HEADERS = new WeakMap<RequestView, readonly { view: BlockView; header: ImageHeader | undefined }[]>();

export function headersOf(request: RequestView): readonly { readonly view: BlockView; readonly header: ImageHeader | undefined }[] {
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

export function pdfsOf(request: RequestView): readonly Media[] {
  return base64Of(request, "document").filter(({ view }) => sourceOf(view)["media_type"] === "application/pdf");
}

export function base64Of(request: RequestView, type: string): readonly Media[] {
  return request.blocks.flatMap((view) => {
    if (view.block.type !== type) return [];
    const source = sourceOf(view);
    const { data } = source;
    return source["type"] === "base64" && typeof data === "string" ? [{ view, data }] : [];
  });
}

export function countOf(request: RequestView, type: string): number {
  return request.blocks.reduce((count, { block }) => (block.type === type ? count + 1 : count), 0);
}

export function sourceOf(view: BlockView) {
  return fieldsOf(view.block["source"]);
}

export function dataOf(view: BlockView): string {
  return `${view.path}.source.data`;
}
