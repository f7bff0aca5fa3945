/** Full-text search: every raw page folded once, then looked through from end to end. Some megabytes take some
 * milliseconds, so there is no index to build or to ship. */

import { load, site } from "../load";
import { fold, occurrences } from "../spelling";

export interface Hit {
  /** Into `articles`. */
  article: number;
  /** How often the terms stand in it. */
  times: number;
}

export interface Searcher {
  /** The articles that hold every term, the most hits first. */
  find(terms: readonly string[]): Hit[];
  /** The raw page of an article. */
  raw(article: number): string;
}

let promise: Promise<Searcher> | undefined;

/** The texts, loaded when they are first asked for. */
export function searcher(): Promise<Searcher> {
  promise ??= gather();
  return promise;
}

async function gather(): Promise<Searcher> {
  const raws: string[] = [];
  const folded: string[] = [];
  const files = await Promise.all(Array.from({ length: site().text_files }, (_, at) => load(`text/${at}`)));
  for (const file of files) {
    for (const [at, raw] of file.raw.entries()) {
      raws[file.first + at] = raw;
      folded[file.first + at] = fold(raw);
    }
    // The page stays usable while the texts are made ready.
    await new Promise((done) => setTimeout(done));
  }
  return {
    raw: (article) => raws[article] ?? "",
    find: (terms) => {
      const found: Hit[] = [];
      for (let article = 0; article < folded.length; article += 1) {
        const times = timesAll(folded[article]!, terms);
        if (times) found.push({ article, times });
      }
      return found.sort((one, other) => other.times - one.times || one.article - other.article);
    },
  };
}

/** How often the terms stand in a text in all; 0 where one of them does not. */
function timesAll(text: string, terms: readonly string[]): number {
  let all = 0;
  for (const term of terms) {
    let times = 0;
    for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + term.length)) times += 1;
    if (!times) return 0;
    all += times;
  }
  return all;
}

/** A stretch of a text around its first hit, with the hits in it as places in the stretch. Line by line, as few of them have
 * a hit and the way back to each letter costs more than the search. */
export function snippet(
  raw: string,
  terms: readonly string[],
  around = 90,
): { text: string; hits: [number, number][] } {
  for (const line of raw.split(/[\r\n]+/)) {
    const folded = fold(line);
    if (!terms.some((term) => folded.includes(term))) continue;
    const hits = occurrences(line, terms);
    const [start, end] = hits[0]!;
    const before = line.lastIndexOf(" ", Math.max(0, start - around));
    const after = line.indexOf(" ", Math.min(line.length, end + around));
    const from = start <= around ? 0 : before + 1;
    const to = after < 0 ? line.length : after;
    return {
      text: line.slice(from, to),
      hits: hits
        .filter((hit) => hit[0] >= from && hit[1] <= to)
        .map(([first, last]) => [first - from, last - from]),
    };
  }
  return { text: "", hits: [] };
}
