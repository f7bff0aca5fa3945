/** Arabic spelling made one, as `marsad.spelling.fold` does, with the way back to every offset. */

import { site } from "./load";

interface Rules {
  patterns: readonly (readonly [RegExp, string])[];
  /** The letters that folding leaves out, by their code. */
  dropped: ReadonlySet<number>;
}

let known: Rules | undefined;

function rules(): Rules {
  known ??= {
    patterns: site().folds.map(([letters, instead]) => [new RegExp(`[${letters}]`, "g"), instead]),
    dropped: new Set(
      site()
        .folds.filter(([, instead]) => instead === "")
        .flatMap(([letters]) => [...letters].map((letter) => letter.charCodeAt(0))),
    ),
  };
  return known;
}

/** A text with alef, ya and ta marbuta in one form, without diacritics and tatweel, in lower case. */
export function fold(text: string): string {
  let folded = text;
  for (const [letters, letter] of rules().patterns) folded = folded.replace(letters, letter);
  return folded.toLowerCase();
}

/** The places, in code units of the text itself, where folded terms stand in it: start and end. */
export function occurrences(text: string, terms: readonly string[]): [number, number][] {
  const folded = fold(text);
  const found: [number, number][] = [];
  for (const term of terms) {
    for (let at = folded.indexOf(term); at >= 0; at = folded.indexOf(term, at + term.length)) {
      found.push([at, at + term.length]);
    }
  }
  if (!found.length) return found;
  const origin = origins(text, Math.max(...found.map((one) => one[1])));
  return found
    .map(([start, end]): [number, number] => [origin[start]!, origin[end - 1]! + 1])
    .sort((one, other) => one[0] - other[0] || other[1] - one[1]);
}

/** For the first letters of a folded text, the place of each in the text. */
function origins(text: string, length: number): Int32Array {
  const { dropped } = rules();
  const origin = new Int32Array(length);
  for (let at = 0, place = 0; place < length; at += 1) {
    const code = text.charCodeAt(at);
    if (dropped.has(code)) continue;
    origin[place] = at;
    place += 1;
    // The one letter that has two in lower case.
    if (code === 0x130 && place < length) {
      origin[place] = at;
      place += 1;
    }
  }
  return origin;
}

/** The folded terms of a query: words, and what stands between quotation marks as one. */
export function terms(query: string): string[] {
  const parts = query.match(/["“”«]([^"“”«»]+)["“”»]|[^\s"“”«»]+/g) ?? [];
  const folded = parts.map((part) =>
    fold(part.replace(/["“”«»]/g, ""))
      .replace(/\s+/g, " ")
      .trim(),
  );
  return [...new Set(folded.filter((term) => term !== ""))];
}
