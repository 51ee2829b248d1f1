import { AntiphonError } from "../errors.ts";
import { quoted } from "../quoted.ts";

/**
 * Money is counted in whole pico-dollars, 10^-12 US dollars, as `bigint`: a price of 1 dollar for a million tokens is 1,000,000
 * of them for one token, so that sums of any length are exact.
 */
const PICO_DOLLARS = 10n ** 12n;

/** Digits behind the point that a price may have: with these, half of a price and a tenth more of it are whole pico-dollars too. */
const DECIMALS_MAX = 4;

/**
 * What one unit costs, in pico-dollars, where `units` of them (1,000, or 1,000,000) cost as many dollars as `dollars` says:
 * `"0.125"`. Throws `invalid_input` for anything but digits with up to four behind the point.
 */
export function unitPrice(dollars: string, units: number): bigint {
  const [, whole, decimals = ""] = /^(\d{1,9})(?:\.(\d+))?$/.exec(dollars) ?? [];
  if (whole === undefined || decimals.length > DECIMALS_MAX) {
    throw new AntiphonError(
      "invalid_input",
      `${quoted(dollars)} is no price. Write dollars as digits, with up to ${DECIMALS_MAX} behind the point: "0.125".`,
    );
  }
  const scaled = BigInt(whole + decimals.padEnd(DECIMALS_MAX, "0")) * PICO_DOLLARS;
  return scaled / (BigInt(units) * 10n ** BigInt(DECIMALS_MAX));
}

/** An amount as dollars, exact: `"0.0301"`. At least two digits behind the point. For JSON, where there is no `bigint`. */
export function formatDollars(picoDollars: bigint): string {
  const sign = picoDollars < 0n ? "-" : "";
  const digits = (picoDollars < 0n ? -picoDollars : picoDollars).toString().padStart(13, "0");
  const decimals = digits.slice(-12).replace(/0{0,10}$/, "");
  return `${sign}${digits.slice(0, -12)}.${decimals}`;
}
