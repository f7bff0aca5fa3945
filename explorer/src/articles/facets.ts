/** The filters of the article list: which articles pass, and how many each value would leave. */

import type { Articles, Entities, Site } from "../data";
import { NO_OUTLET } from "../names";

export const FACETS = [
  "split",
  "tier",
  "genre",
  "outlet",
  "topic",
  "target",
  "stance",
  "event",
  "entity",
] as const;
export type FacetName = (typeof FACETS)[number];

/** The chosen values of each facet; several of one facet mean any of them, facets are joined by and. A target and a stance
 * hold of the same row. */
export type Choice = Record<FacetName, readonly string[]>;

export interface Value {
  value: string;
  count: number;
  chosen: boolean;
}

export interface Found {
  /** The articles that pass, ascending. */
  articles: number[];
  /** Every value of each facet, with the articles that would be left with it. */
  values: Record<FacetName, Value[]>;
}

/** A facet as lists: the values, and of each article which of them it has. */
interface Column {
  names: readonly string[];
  of: (article: number) => readonly number[];
}

/** The filters over one site's articles. `entities` is needed for the entity facet alone. */
export class Facets {
  private readonly columns: Record<Exclude<FacetName, "target" | "stance">, Column>;

  constructor(
    private readonly articles: Articles,
    private readonly site: Site,
    entities: Entities | undefined,
  ) {
    const single = (name: "split" | "tier" | "genre" | "event"): Column => {
      const lists = articles.values[name].map((_, at) => [at]);
      return { names: articles.values[name], of: (article) => lists[articles[name][article]!]! };
    };
    const outlets = [...articles.values.outlet, NO_OUTLET];
    const outletLists = outlets.map((_, at) => [at]);
    const mentioned: number[][] = articles.id.map(() => []);
    entities?.mentions.forEach((mentions, entity) => {
      let last = -1;
      for (let at = 0; at < mentions.length; at += 4) {
        if (mentions[at] !== last) mentioned[(last = mentions[at]!)]!.push(entity);
      }
    });
    this.columns = {
      split: single("split"),
      tier: single("tier"),
      genre: single("genre"),
      event: single("event"),
      outlet: {
        names: outlets,
        of: (article) =>
          outletLists[articles.outlet[article]! < 0 ? outlets.length - 1 : articles.outlet[article]!]!,
      },
      topic: { names: site.layers.topic.map((one) => one.name), of: (article) => articles.topics[article]! },
      entity: { names: entities?.id ?? [], of: (article) => mentioned[article]! },
    };
  }

  /** What passes, among the articles that `among` names where a search has been made. */
  find(choice: Choice, among: ReadonlySet<number> | null): Found {
    const names = Object.keys(this.columns) as (keyof typeof this.columns)[];
    const wanted = names.map(
      (name) => new Set(choice[name].map((value) => this.columns[name].names.indexOf(value))),
    );
    const counts = names.map((name) => new Uint32Array(this.columns[name].names.length));
    const { targets, layers } = this.site;
    const targetIds = new Set(choice.target.map((name) => targets.findIndex((one) => one.name === name)));
    const labelIds = new Set(
      choice.stance.map((name) => layers.stance.findIndex((one) => one.name === name)),
    );
    const targetCounts = new Uint32Array(targets.length);
    const labelCounts = new Uint32Array(layers.stance.length);
    const found: number[] = [];
    for (let article = 0; article < this.articles.id.length; article += 1) {
      if (among && !among.has(article)) continue;
      let failed = 0;
      let last = -1;
      names.forEach((name, at) => {
        if (wanted[at]!.size && !this.columns[name].of(article).some((value) => wanted[at]!.has(value))) {
          failed += 1;
          last = at;
        }
      });
      const pairs = this.articles.stances[article]!;
      const fits = pairs.some((pair) => has(targetIds, Math.floor(pair / 3)) && has(labelIds, pair % 3));
      const stanceFails = (targetIds.size > 0 || labelIds.size > 0) && !fits;
      if (!failed && !stanceFails) found.push(article);
      if (failed + (stanceFails ? 1 : 0) > 1) continue;
      if (!stanceFails) {
        names.forEach((name, at) => {
          if (!failed || last === at)
            for (const value of this.columns[name].of(article)) counts[at]![value]! += 1;
        });
      }
      if (!failed) {
        const seen = new Set<number>();
        for (const pair of pairs) {
          const target = Math.floor(pair / 3);
          const label = pair % 3;
          if (has(labelIds, label) && !seen.has(target)) {
            seen.add(target);
            targetCounts[target]! += 1;
          }
        }
        for (let label = 0; label < labelCounts.length; label += 1) {
          if (pairs.some((pair) => pair % 3 === label && has(targetIds, Math.floor(pair / 3))))
            labelCounts[label]! += 1;
        }
      }
    }
    const list = (values: readonly string[], count: Uint32Array, chosen: readonly string[]): Value[] =>
      values.map((value, at) => ({ value, count: count[at]!, chosen: chosen.includes(value) }));
    const values = Object.fromEntries(
      names.map((name, at) => [name, list(this.columns[name].names, counts[at]!, choice[name])]),
    ) as Found["values"];
    values.target = list(
      targets.map((one) => one.name),
      targetCounts,
      choice.target,
    );
    values.stance = list(
      layers.stance.map((one) => one.name),
      labelCounts,
      choice.stance,
    );
    return { articles: found, values };
  }
}

function has(chosen: ReadonlySet<number>, one: number): boolean {
  return chosen.size === 0 || chosen.has(one);
}
