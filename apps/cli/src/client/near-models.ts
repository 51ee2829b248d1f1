import { knownModels } from "@antiphon/core";

/** No name is longer; what is would only cost time. */
const NAME_MAX = 100;

/** The known models whose names begin nearest to one that does not exist, nearest first, of equally near ones the newer first. */
export function nearModels(model: string, count = 3): readonly string[] {
  const asked = model.toLowerCase().slice(0, NAME_MAX);
  return knownModels()
    .toReversed()
    .map((name) => ({ name, distance: distanceToPrefix(asked, name) }))
    .toSorted((left, right) => left.distance - right.distance)
    .slice(0, count)
    .map(({ name }) => name);
}

/** One line on a model that the API does not know. */
export function unknownModelLine(model: string): string {
  return `The API knows no model ${JSON.stringify(model)}. Near it are ${nearModels(model).join(", ")}. Choose one with --model.`;
}

/** Levenshtein's distance to the beginning of `name` that is nearest: who leaves out the version means its family. */
function distanceToPrefix(asked: string, name: string): number {
  let row = Array.from({ length: name.length + 1 }, (_, at) => at);
  for (let i = 1; i <= asked.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= name.length; j += 1) {
      const same = asked[i - 1] === name[j - 1] ? 0 : 1;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + same));
    }
    row = next;
  }
  return Math.min(...row);
}
