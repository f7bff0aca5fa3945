/** How an article, or a place in it, is cited. */

import type { Article } from "../data";
import { articles, site } from "../load";
import { day, type Language } from "../language";
import { valueName } from "../names";
import { quiet } from "../parts/odd";
import type { Measured } from "./offsets";
import type { Place } from "./place";

/** One paragraph that leads to the letter: the dataset and its version, the article with its checksum, the place and its
 * text, and the link. */
export function cite(article: Article, text: Measured, place: Place | null, language: Language): string {
  const at = articles().id.indexOf(article.id);
  const headline = at >= 0 ? quiet(articles().headline[at]!) : "";
  const about = [
    headline && `«${headline}»`,
    article.outlet && valueName(language, article.outlet),
    article.published && day(language, article.published),
    valueName(language, article.tier),
  ].filter(Boolean);
  const parts = [
    site().citation,
    `${article.id}: ${about.join(language === "ar" ? "، " : ", ")}.`,
    `sha256:${article.sha256}.`,
  ];
  if (place) {
    if (place.kind !== "span") parts.push(`${article.id}:${place.id}.`);
    if (place.kind === "stance") parts.push(`${place.holder} → ${place.target}.`);
    parts.push(`[${place.start}:${place.end}] «${text.slice(place.start, place.end)}».`);
  }
  // From disk the address would tell where this copy lies; what leads on is the part that all copies share.
  parts.push(location.protocol === "file:" ? location.hash : location.href);
  return parts.join(" ");
}
