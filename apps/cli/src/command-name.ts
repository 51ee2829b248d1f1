/** How the program was called, for every hint that a person is to type: what starts it under another name says so in `ANTIPHON_COMMAND`. */
export const COMMAND = process.env["ANTIPHON_COMMAND"]?.trim() || "antiphon";
