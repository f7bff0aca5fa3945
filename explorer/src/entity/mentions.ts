/** The catalogued entities and where they are mentioned, read once from their columns. */

import { measure } from "../article/offsets";
import type { Articles, Entities } from "../data";
import type { Language } from "../language";
import { fold } from "../spelling";
import type { Names } from "../parts/name";

/** An entity of the list: its place in the columns, and how often it is there. */
export interface Entity extends Names {
  at: number;
  id: string;
  /** Into `site.layers.ner`. */
  type: number;
  forms: readonly string[];
  mentions: number;
  articles: number;
  /** Names, forms and id in one spelling, to search in. */
  folded: string;
}

const lists = new WeakMap<Entities, Entity[]>();

/** Every entity, in the order of the columns. */
export function entityList(columns: Entities): Entity[] {
  let list = lists.get(columns);
  if (!list) {
    list = columns.id.map((id, at) => {
      const flat = columns.mentions[at]!;
      let articles = 0;
      for (let i = 0; i < flat.length; i += 4) if (i === 0 || flat[i] !== flat[i - 4]) articles += 1;
      const [name_en, name_ar, forms] = [columns.name_en[at]!, columns.name_ar[at]!, columns.forms[at]!];
      const folded = fold([name_en, name_ar, ...forms, id, id.replaceAll("_", " ")].join("\n"));
      return {
        at,
        id,
        type: columns.type[at]!,
        name_en,
        name_ar,
        forms,
        mentions: flat.length / 4,
        articles,
        folded,
      };
    });
    lists.set(columns, list);
  }
  return list;
}

export const SORTS = ["mentions", "articles", "name"] as const;
export type Sort = (typeof SORTS)[number];

const sorted = new WeakMap<Entity[], Map<string, Entity[]>>();

/** The list in an order: the most mentioned, those in the most articles, or by name. */
export function inOrder(list: Entity[], sort: Sort, language: Language): Entity[] {
  const known = sorted.get(list) ?? new Map<string, Entity[]>();
  sorted.set(list, known);
  const key = `${sort} ${language}`;
  let order = known.get(key);
  if (!order) {
    const name = (one: Entity) => (language === "ar" ? one.name_ar : one.name_en);
    const { compare } = new Intl.Collator(language);
    const byName = [...list].sort((one, other) => compare(name(one), name(other)));
    order = sort === "name" ? byName : byName.sort((one, other) => other[sort] - one[sort]);
    known.set(key, order);
  }
  return order;
}

/** The mentions of an entity in one article, in the order of the text: start, end, form. */
export interface Met {
  article: number;
  spans: [start: number, end: number, form: number][];
}

/** Where an entity is mentioned, by article. */
export function byArticle(flat: readonly number[]): Met[] {
  const met: Met[] = [];
  for (let i = 0; i < flat.length; i += 4) {
    if (met[met.length - 1]?.article !== flat[i]) met.push({ article: flat[i]!, spans: [] });
    met[met.length - 1]!.spans.push([flat[i + 1]!, flat[i + 2]!, flat[i + 3]!]);
  }
  return met;
}

/** Forms by outlets. `outlets` are places in the articles' values, -1 for none, the busiest first. */
export interface Written {
  outlets: number[];
  totals: number[];
  /** By form and outlet. */
  counts: number[][];
}

export function writtenBy(met: readonly Met[], forms: number, listed: Articles): Written {
  const byOutlet = new Map<number, number[]>();
  for (const { article, spans } of met) {
    const outlet = listed.outlet[article]!;
    const counts = byOutlet.get(outlet) ?? new Array<number>(forms).fill(0);
    byOutlet.set(outlet, counts);
    for (const [, , form] of spans) counts[form]! += 1;
  }
  const total = (counts: readonly number[]) => counts.reduce((sum, one) => sum + one, 0);
  const columns = [...byOutlet].sort((one, other) => total(other[1]) - total(one[1]) || one[0] - other[0]);
  return {
    outlets: columns.map(([outlet]) => outlet),
    totals: columns.map(([, counts]) => total(counts)),
    counts: Array.from({ length: forms }, (_, form) => columns.map(([, counts]) => counts[form]!)),
  };
}

/** The words around a span of the raw page, in its line: before, the span, after. */
export function around(raw: string, start: number, end: number, reach = 70): [string, string, string] {
  const { slice } = measure(raw);
  const before = slice(Math.max(0, start - reach), start).split(/[\r\n]/);
  const after = slice(end, end + reach).split(/[\r\n]/);
  // Where the reach ends within a line it may end within a word, which is left out.
  const head =
    before.length === 1 && start > reach
      ? before[0]!.replace(/^\S*\s/, "… ")
      : before[before.length - 1]!.trimStart();
  const tail =
    after.length === 1 && slice(end + reach, end + reach + 1)
      ? after[0]!.replace(/\s\S*$/, " …")
      : after[0]!.trimEnd();
  return [head, slice(start, end), tail];
}
