/** Stances, filtered and counted: typed columns, so that many thousand of them answer while one types. */

import type { Articles, Stances } from "../data";
import { articles, site } from "../load";
import type { Route } from "../route";
import { NO_OUTLET } from "../names";

/** Counts by label, in the order of `site.layers.stance`. */
export type Tally = number[];

/** The places of the three labels in that order. */
export function sides(): { favor: number; against: number; neutral: number } {
  const at = (name: string) => site().layers.stance.findIndex((one) => one.name === name);
  return { favor: at("favor"), against: at("against"), neutral: at("neutral") };
}

export const FACETS = ["tier", "split", "outlet", "genre", "event", "stance"] as const;
export type Facet = (typeof FACETS)[number];
/** The voices that are no named holder. */
export const VOICES: readonly string[] = ["author", "unnamed_source"];

/** The filter of an address: a place in the facet's values, undefined where all do; dates as `YYYY` or `YYYY-MM`. */
export interface Filter {
  places: Partial<Record<Facet, number>>;
  from: string;
  to: string;
}

/** The values of a facet by their names in the data. */
export function facetValues(facet: Facet): readonly string[] {
  return facet === "stance" ? site().layers.stance.map((one) => one.name) : articles().values[facet];
}

export function filterOf(route: Route): Filter {
  const places: Filter["places"] = {};
  for (const facet of FACETS) {
    const value = route.query.get(facet);
    if (!value) continue;
    // A value that is not there finds nothing rather than all.
    const place = facetValues(facet).indexOf(value);
    places[facet] = facet === "outlet" && value === NO_OUTLET ? -1 : place < 0 ? -2 : place;
  }
  const date = (key: string) => route.query.get(key)?.match(/^\d{4}(-\d{2})?$/)?.[0] ?? "";
  return { places, from: date("from"), to: date("to") };
}

/** What a filter leaves. */
export interface Found {
  /** Places of stances, ascending. */
  rows: Int32Array;
  /** By facet and value (the last one: no outlet): how many there would be with this value chosen. */
  counts: Record<Facet, Int32Array>;
  /** Left out by the period for want of a date. */
  undated: number;
}

const PASSES = -1;
const FAILS = -2;

/** The stances that pass a filter, and the counts of each facet under all the others. */
export function find(stances: Stances, filter: Filter): Found {
  const listed = articles();
  const fails = articleFails(listed, filter);
  const counts = Object.fromEntries(
    FACETS.map((facet) => [facet, new Int32Array(facetValues(facet).length + 1)]),
  ) as Found["counts"];
  const label = filter.places.stance;
  const byLabel = FACETS.indexOf("stance");
  const rows = new Int32Array(stances.article.length);
  const undatedFail = FACETS.length;
  let length = 0;
  let undated = 0;
  for (let row = 0; row < rows.length; row += 1) {
    const article = stances.article[row]!;
    const passesLabel = label === undefined || stances.label[row] === label;
    const fail = passesLabel ? fails[article]! : fails[article] === PASSES ? byLabel : FAILS;
    if (fail === FAILS) continue;
    if (fail === undatedFail) {
      undated += 1;
      continue;
    }
    if (fail === PASSES) {
      rows[length] = row;
      length += 1;
    }
    for (let at = 0; at < FACETS.length; at += 1) {
      if (fail !== PASSES && fail !== at) continue;
      const facet = FACETS[at]!;
      const into = counts[facet];
      const value = facet === "stance" ? stances.label[row]! : listed[facet][article]!;
      into[value < 0 ? into.length - 1 : value]! += 1;
    }
  }
  return { rows: rows.slice(0, length), counts, undated };
}

/** For each article: PASSES, the one facet it fails by (the number of facets: it has no date), or FAILS by more than one. */
function articleFails(listed: Articles, filter: Filter): Int8Array {
  const fails = new Int8Array(listed.id.length).fill(PASSES);
  FACETS.forEach((facet, at) => {
    const wanted = filter.places[facet];
    if (facet === "stance" || wanted === undefined) return;
    const values = listed[facet];
    for (let article = 0; article < fails.length; article += 1) {
      if (values[article] !== wanted) fails[article] = fails[article] === PASSES ? at : FAILS;
    }
  });
  if (filter.from || filter.to) {
    listed.published.forEach((date, article) => {
      if (date === null) fails[article] = fails[article] === PASSES ? FACETS.length : FAILS;
      else if (!within(date, filter)) fails[article] = FAILS;
    });
  }
  return fails;
}

function within(date: string, { from, to }: Filter): boolean {
  return (!from || date.slice(0, from.length) >= from) && (!to || date.slice(0, to.length) <= to);
}

/** Counts by holder, target and label, flat. */
export function tallies(stances: Stances, rows: Int32Array): Int32Array {
  const [targets, labels] = [site().targets.length, site().layers.stance.length];
  const counts = new Int32Array(stances.holders.length * targets * labels);
  for (const row of rows) {
    counts[(stances.holder[row]! * targets + stances.target[row]!) * labels + stances.label[row]!]! += 1;
  }
  return counts;
}

/** The counts by label of one cell of `tallies`. */
export function cell(counts: Int32Array, holder: number, target: number): Tally {
  const labels = site().layers.stance.length;
  const at = (holder * site().targets.length + target) * labels;
  return Array.from(counts.subarray(at, at + labels));
}

/** The sum of some tallies. */
export function sum(all: Iterable<Tally>): Tally {
  const total = site().layers.stance.map(() => 0);
  for (const one of all) one.forEach((value, label) => (total[label]! += value));
  return total;
}

export const size = (tally: Tally): number => tally.reduce((all, one) => all + one, 0);

/** Counts of rows by target, in the order of `site.targets`. */
export function byTarget(stances: Stances, rows: Iterable<number>): Tally[] {
  const counts = site().targets.map(() => site().layers.stance.map(() => 0));
  for (const row of rows) counts[stances.target[row]!]![stances.label[row]!]! += 1;
  return counts;
}

/** Rows with the latest articles first, those without a date last. */
export function latestFirst(stances: Stances, rows: Iterable<number>): number[] {
  const { published } = articles();
  const date = (row: number) => published[stances.article[row]!] ?? "";
  return [...rows].sort((one, other) =>
    date(one) < date(other) ? 1 : date(one) > date(other) ? -1 : one - other,
  );
}

const ranges = new WeakMap<Stances, Int32Array>();

/** The first row of each article, and one more: rows are in the order of their articles. */
export function articleRows(stances: Stances): Int32Array {
  let first = ranges.get(stances);
  if (!first) {
    first = new Int32Array(articles().id.length + 1);
    for (const article of stances.article) first[article + 1]! += 1;
    for (let at = 1; at < first.length; at += 1) first[at]! += first[at - 1]!;
    ranges.set(stances, first);
  }
  return first;
}
