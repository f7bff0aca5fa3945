/** The order of the list, and its rows to take along. */

import { articles, site } from "../load";
import type { Row } from "../parts/take";
import type { Hit } from "./search";

export const SORTS = ["newest", "oldest", "hits", "id"] as const;
export type Sort = (typeof SORTS)[number];

export function order(found: readonly number[], sort: Sort, hits: readonly Hit[] | null): number[] {
  const { published, id } = articles();
  const sorted = [...found];
  const dated = (sign: number) => (one: number, two: number) => {
    const [a, b] = [published[one], published[two]];
    if (!a || !b) return a ? -1 : b ? 1 : one - two;
    return a === b ? one - two : a < b ? -sign : sign;
  };
  if (sort === "hits" && hits) {
    const rank = new Map(hits.map((hit, at) => [hit.article, at]));
    return sorted.sort((one, two) => rank.get(one)! - rank.get(two)!);
  }
  if (sort === "id") return sorted.sort((one, two) => (id[one]! < id[two]! ? -1 : 1));
  return sorted.sort(dated(sort === "oldest" ? 1 : -1));
}

export function rowOf(at: number): Row {
  const known = articles();
  const { layers, targets } = site();
  return {
    article_id: known.id[at],
    tier: known.values.tier[known.tier[at]!],
    outlet: known.values.outlet[known.outlet[at]!] ?? null,
    published: known.published[at],
    event: known.values.event[known.event[at]!],
    genre: known.values.genre[known.genre[at]!],
    split: known.values.split[known.split[at]!],
    headline: known.headline[at],
    topics: known.topics[at]!.map((topic) => layers.topic[topic]!.name),
    stances: known.stances[at]!.map(
      (pair) => `${targets[Math.floor(pair / 3)]!.name}:${layers.stance[pair % 3]!.name}`,
    ),
    characters: known.characters[at],
  };
}
