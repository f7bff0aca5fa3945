/** Where one is: everything a page shows stands in the address's hash, so that it can be linked. */

import { useEffect, useState } from "preact/hooks";

export type Language = "en" | "ar";
export const PAGES = ["overview", "articles", "entities", "stances", "scores", "agreement"] as const;
export type Page = (typeof PAGES)[number] | "article" | "entity" | "score";

export interface Route {
  language: Language;
  page: Page;
  id: string;
  query: URLSearchParams;
}

const KNOWN: readonly string[] = [...PAGES, "article", "entity", "score"];

/** The route of a hash such as `#/ar/article/ID?at=10-20`; the overview where it is none. */
export function parse(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const [language, page, ...rest] = path.split("/");
  return {
    language: language === "ar" || language === "en" ? language : preferred(),
    page: page !== undefined && KNOWN.includes(page) ? (page as Page) : "overview",
    id: decode(rest.join("/")),
    query: new URLSearchParams(query),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The language of a page opened without one: the last chosen, or the browser's. */
function preferred(): Language {
  const kept = remembered("language");
  if (kept === "ar" || kept === "en") return kept;
  return navigator.languages.find((one) => /^(ar|en)\b/.test(one))?.startsWith("ar") ? "ar" : "en";
}

export type Query = Record<string, string | readonly string[] | null | undefined>;

/** The hash of a page. A list is written as a key for each of its values; empty ones are left out. */
export function href(language: Language, page: Page, id = "", query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    (typeof value === "string" ? [value] : (value ?? []))
      .filter((one) => one !== "")
      .map((one) => `${key}=${encodeURIComponent(one)}`),
  );
  const path = [language, page, ...(id ? [encodeURIComponent(id)] : [])].join("/");
  return `#/${path}${pairs.length ? `?${pairs.join("&")}` : ""}`;
}

const listeners = new Set<() => void>();

/** Goes to a hash; in place of the present one where it only says more of the same page. */
export function go(hash: string, inPlace = false): void {
  if (!inPlace) {
    location.hash = hash;
    return;
  }
  history.replaceState(null, "", hash);
  for (const listener of listeners) listener();
}

/** The hash of this page with some keys of its query changed; null takes one out. */
export function changed(route: Route, changes: Query): string {
  const kept = Object.fromEntries(
    [...new Set(route.query.keys())].map((key) => [key, route.query.getAll(key)]),
  );
  return href(route.language, route.page, route.id, { ...kept, ...changes });
}

/** Changes the query of this page without a new step in the browser's history, as one does while typing. */
export function change(route: Route, changes: Query): void {
  go(changed(route, changes), true);
}

/** The present route. */
export function useRoute(): Route {
  const [route, set] = useState(() => parse(location.hash));
  useEffect(() => {
    const renew = () => set(parse(location.hash));
    listeners.add(renew);
    addEventListener("hashchange", renew);
    return () => {
      listeners.delete(renew);
      removeEventListener("hashchange", renew);
    };
  }, []);
  return route;
}

/** A choice kept in the browser; null where it keeps none, as in a frame without storage. */
export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(`marsad.${key}`);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`marsad.${key}`, value);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
