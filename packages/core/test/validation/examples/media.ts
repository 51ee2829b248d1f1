import { image, request, talk, toolResult, toolUse, type Example, type NearMiss } from "./example.ts";

/** The start of a PNG: its signature and the header chunk, which holds the two sides. */
export function png(width: number, height: number): string {
  const side = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
  return base64([137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, ...side(width), ...side(height), 8, 2, 0, 0, 0]);
}

export function base64(bytes: readonly number[]): string {
  return btoa(String.fromCharCode(...bytes));
}

const user = (...content: readonly unknown[]) => request({ messages: [{ role: "user", content }] });
const pdf = (data: string) => ({
  type: "document",
  source: { type: "base64", media_type: "application/pdf", data: btoa(data) },
});
const several = (count: number, data = png(10, 10)) => Array.from({ length: count }, () => image(data));
const jpeg = base64([0xff, 0xd8, 0xff, 0xe0]);
const MB = 1024 * 1024;

export const MEDIA_EXAMPLES: readonly Example[] = [
  {
    rule: "image-over-10-mb",
    body: user(image(png(10, 10) + "A".repeat(10 * MB))),
    path: "messages.0.content.0.source.data",
    message: "messages.0.content.0.image.source.base64: image exceeds 10 MB maximum: 10485800 bytes > 10485760 bytes",
  },
  {
    rule: "image-over-5-mb",
    body: request({
      messages: talk(["assistant", [toolUse("t")]], ["user", [toolResult("t", [image(png(10, 10) + "A".repeat(5 * MB))])]]),
    }),
    path: "messages.2.content.0.content.0.source.data",
    message: "messages.2.content.0.tool_result.content.0.image.source.base64: image exceeds 5 MB maximum: 5242920 bytes > 5242880 bytes",
  },
  {
    rule: "image-over-8000-pixels",
    body: user(image(png(8001, 10))),
    path: "messages.0.content.0.source.data",
    message: "messages.0.content.0.image.source.base64.data: At least one of the image dimensions exceed max allowed size: 8000 pixels",
  },
  {
    rule: "image-over-2000-pixels",
    body: user(...several(20), image(png(10, 2001))),
    path: "messages.0.content.20.source.data",
    message:
      "messages.0.content.20.image.source.base64.data: At least one of the image dimensions exceed max allowed size for many-image requests: 2000 pixels",
  },
  {
    rule: "images-too-many",
    body: user(...several(102)),
    path: "messages",
    message: "Too much media: 0 document pages + 102 images > 100",
  },
  {
    rule: "images-too-many",
    body: user(...several(104), pdf("%PDF-1.7")),
    path: "messages",
    message: "too many images and documents: 104 + 1 > 100",
  },
  {
    rule: "image-media-type",
    body: user(image(png(10, 10), "image/jpeg")),
    path: "messages.0.content.0.source.data",
    message: "messages.0.content.0.image.source.base64.data: Image does not match the provided media type image/jpeg",
  },
  {
    rule: "media-undecodable",
    body: user(image(btoa("hello"))),
    path: "messages.0.content.0.source.data",
    message: "Could not process image",
  },
  {
    rule: "media-undecodable",
    body: user(image("~~~")),
    path: "messages.0.content.0.source.data",
    message: "Could not process image",
  },
  {
    rule: "media-undecodable",
    body: user(pdf("hello")),
    path: "messages.0.content.0.source.data",
    message: "Could not process PDF",
  },
  {
    rule: "pdf-password",
    body: user(pdf(`%PDF-1.7 ${"x".repeat(9000)} trailer << /Encrypt 5 0 R >>`)),
    path: "messages.0.content.0.source.data",
    message: "messages.0.content.0.pdf.source.base64.data: The PDF specified is password protected.",
  },
];

export const MEDIA_NEAR_MISSES: readonly NearMiss[] = [
  { rule: "image-over-10-mb", body: user(image("A".repeat(10 * MB))) },
  { rule: "image-over-5-mb", body: user(image("A".repeat(10 * MB + 4))) },
  { rule: "image-over-8000-pixels", body: user(image(png(8000, 8000))) },
  { rule: "image-over-8000-pixels", body: user(image(jpeg, "image/jpeg")) },
  { rule: "image-over-2000-pixels", body: user(...several(20, png(8000, 10))) },
  { rule: "images-too-many", body: user(...several(100)) },
  { rule: "images-too-many", body: { ...user(...several(600)), model: "claude-opus-5" } },
  { rule: "images-too-many", body: { ...user(...several(700)), model: "mystery-1" } },
  { rule: "image-media-type", body: user(image(jpeg, "image/jpeg")) },
  {
    rule: "media-undecodable",
    body: user({ type: "image", source: { type: "url", url: "https://example.com/a" } }),
  },
  {
    rule: "pdf-password",
    body: user(pdf(`%PDF-1.7 ${"x".repeat(9000)} trailer << /Root 5 0 R >>`)),
  },
];
