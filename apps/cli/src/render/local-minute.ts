/** A moment as the reader's clock says it: `2026-11-21 23:01`. Takes milliseconds since 1970. */
export function localMinute(at: number): string {
  const date = new Date(at);
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
