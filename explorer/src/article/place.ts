/** What the address of an article points at: `at=10-20` a span, `at=003.01` a passage, `at=003.01|holder|target` a stance. */

import type { Article } from "../data";

export type Place =
  | { kind: "span"; start: number; end: number }
  | { kind: "passage"; id: string; start: number; end: number }
  | { kind: "stance"; id: string; start: number; end: number; holder: string; target: string };

export function parsePlace(article: Article, at: string | null): Place | null {
  if (!at) return null;
  const span = /^(\d+)-(\d+)$/.exec(at);
  if (span) {
    const [start, end] = [Number(span[1]), Number(span[2])];
    const last = article.lines.at(-1)?.[2] ?? 0;
    return start < end && end <= last ? { kind: "span", start, end } : null;
  }
  const [id = "", holder, target] = at.split("|");
  const passage = article.passages.find((one) => one[2] === id);
  if (!passage) return null;
  const [start, end] = passage;
  return holder && target
    ? { kind: "stance", id, start, end, holder, target }
    : { kind: "passage", id, start, end };
}

export function writePlace(place: Place): string {
  if (place.kind === "span") return `${place.start}-${place.end}`;
  return place.kind === "passage" ? place.id : `${place.id}|${place.holder}|${place.target}`;
}
