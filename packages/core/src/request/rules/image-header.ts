import { GIF } from "image-size/types/gif";
import { JPG } from "image-size/types/jpg";
import { PNG } from "image-size/types/png";
import { WEBP } from "image-size/types/webp";

export interface ImageHeader {
  readonly mediaType: string;
  /** In pixels; undefined where the header does not show it. */
  readonly size?: { readonly width: number; readonly height: number };
}

/**
 * What an image's first bytes say it is: one of the four types that the API takes, else undefined. Reads the first
 * 48 KiB alone; a JPEG whose size stands later gives no size.
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader | undefined {
  for (const [mediaType, format] of FORMATS) {
    if (!holds(() => format.validate(bytes))) continue;
    try {
      const { width, height } = format.calculate(bytes);
      return { mediaType, size: { width, height } };
    } catch {
      return { mediaType };
    }
  }
  return undefined;
}

/** The first bytes of base64 text, at most 48 KiB; undefined where it is not base64. */
export function firstBytes(base64: string): Uint8Array | undefined {
  return decode(base64.slice(0, PREFIX));
}

/** The last bytes of base64 text, 4 to 6 KiB of it; undefined where it is not base64. */
export function lastBytes(base64: string): Uint8Array | undefined {
  const from = Math.max(0, base64.length - SUFFIX);
  return decode(base64.slice(from - (from % 4)));
}

export function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

const PREFIX = 64 * 1024;
const SUFFIX = 8 * 1024;

const FORMATS = [
  ["image/png", PNG],
  ["image/jpeg", JPG],
  ["image/gif", GIF],
  ["image/webp", WEBP],
] as const;

function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

function decode(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}
