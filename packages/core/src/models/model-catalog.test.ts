import { describe, expect, test, vi } from "vitest";

import { FakeEnvironment } from "../../test/fake-environment.ts";
import { CATALOG_LIFETIME_MS, MODEL_TABLE, ModelCatalog, type ModelsClient } from "./model-catalog.ts";
import { modelFacts } from "./model-facts.ts";

type List = (params: unknown, options: { readonly signal: AbortSignal }) => unknown;

/** A client that lists these models, as the SDK does: a promise of a page that can be iterated over all pages. */
function listing(...models: readonly object[]) {
  const list = vi.fn<List>(() => pages(models));
  return { models: { list } };
}

function pages(models: readonly object[]): AsyncIterable<object> {
  return {
    async *[Symbol.asyncIterator]() {
      yield* models;
    },
  };
}

const LARGER = { id: "claude-haiku-4-5-20251001", max_tokens: 99_000 };

describe("before the API has answered", () => {
  test("the table's facts are the answer, and nobody waits", () => {
    const catalog = new ModelCatalog({ client: listing(LARGER), environment: new FakeEnvironment() });
    expect(catalog.facts("claude-haiku-4-5")).toBe(modelFacts("claude-haiku-4-5"));
  });

  test("the API is not asked before somebody asks about a model", () => {
    const client = listing(LARGER);
    const catalog = new ModelCatalog({ client, environment: new FakeEnvironment() });
    expect(client.models.list).not.toHaveBeenCalled();
    catalog.facts("claude-haiku-4-5");
    expect(client.models.list).toHaveBeenCalledTimes(1);
  });
});

describe("when the API has answered", () => {
  test("its facts win over the table's, by alias and by snapshot, and say where they come from", async () => {
    const catalog = new ModelCatalog({ client: listing(LARGER), environment: new FakeEnvironment() });
    await catalog.refresh();
    for (const id of ["claude-haiku-4-5", "claude-haiku-4-5-20251001", "anthropic.claude-haiku-4-5-20251001-v1:0"]) {
      const facts = catalog.facts(id)!;
      expect(facts).toMatchObject({ outputTokensMax: 99_000, contextWindowTokens: 200_000, prefill: true });
      expect(facts.sources.outputTokensMax).toBe("Models API (2023-11-14)");
      expect(facts.sources.prefill).toMatch(/prefill/);
    }
  });

  test("of two snapshots the newer, which is listed first, speaks for the alias; each speaks for itself", async () => {
    const client = listing({ id: "claude-mystery-20270101", max_tokens: 2 }, { id: "claude-mystery-20260101", max_tokens: 1 });
    const catalog = new ModelCatalog({ client, environment: new FakeEnvironment() });
    await catalog.refresh();
    expect(
      ["claude-mystery", "claude-mystery-20270101", "claude-mystery-20260101"].map((id) => catalog.facts(id)?.outputTokensMax),
    ).toEqual([2, 2, 1]);
  });

  test("a model that the table does not know has the API's facts and no others", async () => {
    const catalog = new ModelCatalog({ client: listing({ id: "mystery-1", max_tokens: 7 }), environment: new FakeEnvironment() });
    await catalog.refresh();
    expect(catalog.facts("mystery-1")).toEqual({ id: "mystery-1", outputTokensMax: 7, sources: { outputTokensMax: expect.any(String) } });
    expect(catalog.facts("mystery-2")).toBeUndefined();
  });

  test("a page that is no iterator, and what is no model in it, are read all the same", async () => {
    const client = { models: { list: async () => ({ data: [null, 7, {}, { id: "mystery-1", max_tokens: 7 }] }) } };
    const catalog = new ModelCatalog({ client, environment: new FakeEnvironment() });
    await catalog.refresh();
    expect(catalog.facts("mystery-1")?.outputTokensMax).toBe(7);
  });
});

describe("the API is asked", () => {
  test("once, however many ask about models at once", async () => {
    const client = listing(LARGER);
    const catalog = new ModelCatalog({ client, environment: new FakeEnvironment() });
    catalog.facts("claude-haiku-4-5");
    catalog.facts("claude-opus-5");
    await Promise.all([catalog.refresh(), catalog.refresh()]);
    catalog.facts("claude-opus-5");
    expect(client.models.list).toHaveBeenCalledTimes(1);
    expect(client.models.list.mock.lastCall?.[1]).toMatchObject({ maxRetries: 0 });
  });

  test("again when its answer is older than the lifetime, and the old answer serves until then", async () => {
    const environment = new FakeEnvironment();
    const client = listing(LARGER);
    const catalog = new ModelCatalog({ client, environment });
    await catalog.refresh();
    await environment.pass(CATALOG_LIFETIME_MS - 1);
    catalog.facts("claude-haiku-4-5");
    expect(client.models.list).toHaveBeenCalledTimes(1);
    await environment.pass(1);
    expect(catalog.facts("claude-haiku-4-5")?.outputTokensMax).toBe(99_000);
    expect(client.models.list).toHaveBeenCalledTimes(2);
  });

  test("not again for five minutes after a failure", async () => {
    const environment = new FakeEnvironment();
    const client = { models: { list: vi.fn<() => Promise<never>>(() => Promise.reject(new Error("404"))) } };
    const catalog = new ModelCatalog({ client, environment });
    await catalog.refresh();
    catalog.facts("claude-opus-5");
    expect(client.models.list).toHaveBeenCalledTimes(1);
    await environment.pass(5 * 60_000);
    catalog.facts("claude-opus-5");
    expect(client.models.list).toHaveBeenCalledTimes(2);
  });

  test("no more once it is stopped, and what is known stays known", async () => {
    const client = listing(LARGER);
    const catalog = new ModelCatalog({ client, environment: new FakeEnvironment() });
    await catalog.refresh();
    catalog.stop();
    await catalog.refresh();
    expect(catalog.facts("claude-haiku-4-5")?.outputTokensMax).toBe(99_000);
    expect(client.models.list).toHaveBeenCalledTimes(1);
  });
});

describe("whatever the client does, the table's facts are there and nothing is thrown", () => {
  const broken: [string, ModelsClient][] = [
    ["it has no Models API", {}],
    ["its Models API is undefined", { models: undefined }],
    [
      "its getter throws",
      {
        get models(): never {
          throw new Error("not on Bedrock");
        },
      },
    ],
    [
      "list throws",
      {
        models: {
          list: () => {
            throw new Error("no key");
          },
        },
      },
    ],
    ["list rejects", { models: { list: () => Promise.reject(new Error("no network")) } }],
    ["list gives nothing", { models: { list: () => undefined } }],
    ["list gives HTML", { models: { list: async () => "<html>" } }],
    ["a page fails in the middle", { models: { list: () => failing() } }],
  ];

  async function* failing(): AsyncGenerator<object> {
    yield LARGER;
    throw new Error("the second page is gone");
  }

  test.each(broken)("%s", async (_what, client) => {
    const environment = new FakeEnvironment();
    const catalog = new ModelCatalog({ client, environment });
    await expect(catalog.refresh()).resolves.toBeUndefined();
    expect(catalog.facts("claude-haiku-4-5")).toEqual(modelFacts("claude-haiku-4-5"));
    expect(environment.pending).toBe(0);
  });

  test("a listing that never ends is called off after ten seconds", async () => {
    const environment = new FakeEnvironment();
    const list = vi.fn<List>(() => new Promise(() => undefined));
    const catalog = new ModelCatalog({ client: { models: { list } }, environment });
    const asked = catalog.refresh();
    await environment.pass(9_999);
    expect(list.mock.lastCall?.[1].signal.aborted).toBe(false);
    await environment.pass(1);
    await asked;
    expect(list.mock.lastCall?.[1].signal.aborted).toBe(true);
    expect(catalog.facts("claude-opus-5")).toBe(modelFacts("claude-opus-5"));
  });
});

test("the table alone gives the table's facts", () => {
  expect(MODEL_TABLE.facts("claude-opus-5")).toBe(modelFacts("claude-opus-5"));
  expect(MODEL_TABLE.facts("mystery-1")).toBeUndefined();
});
