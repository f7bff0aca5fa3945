/** Data files, each loaded once, by a script tag: a page opened from disk may not fetch. */

import { useEffect, useState } from "preact/hooks";

import type {
  Agreement,
  Article,
  Articles,
  Entities,
  Predictions,
  Scores,
  Site,
  Stances,
  Text,
} from "./data";

interface Files {
  site: Site;
  articles: Articles;
  entities: Entities;
  stances: Stances;
  scores: Scores;
  agreement: Agreement;
  [text: `text/${number}`]: Text;
  [article: `article/${string}`]: Article;
  [predictions: `predictions/${string}`]: Predictions;
}

declare global {
  interface Window {
    marsad: (name: string, value: unknown) => void;
  }
}

const here = new Map<string, unknown>();
const asked = new Map<string, Promise<unknown>>();

window.marsad = (name, value) => {
  here.set(name, value);
};

/** What is loaded already. */
export function loaded<K extends keyof Files>(name: K): Files[K] | undefined {
  return here.get(name) as Files[K] | undefined;
}

/** The value of a data file. Rejects where there is no such file. */
export function load<K extends keyof Files>(name: K): Promise<Files[K]> {
  const known = loaded(name);
  if (known !== undefined) return Promise.resolve(known);
  let promise = asked.get(name) as Promise<Files[K]> | undefined;
  if (!promise) {
    promise = new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `data/${name.split("/").map(encodeURIComponent).join("/")}.js`;
      script.onload = () => {
        script.remove();
        const value = loaded(name);
        value === undefined ? reject(new Error(name)) : resolve(value);
      };
      script.onerror = () => {
        script.remove();
        asked.delete(name);
        reject(new Error(name));
      };
      document.head.append(script);
    });
    asked.set(name, promise);
  }
  return promise;
}

/** A data file's value in a component: undefined while it loads, null where there is none. */
export function useData<K extends keyof Files>(name: K | null): Files[K] | undefined | null {
  const [state, set] = useState<{ name: K | null; value: Files[K] | null }>({ name: null, value: null });
  const now = name === null ? undefined : loaded(name);
  useEffect(() => {
    if (name === null || now !== undefined) return;
    let current = true;
    load(name).then(
      (value) => current && set({ name, value }),
      () => current && set({ name, value: null }),
    );
    return () => {
      current = false;
    };
  }, [name]);
  if (now !== undefined) return now;
  return name !== null && state.name === name ? state.value : undefined;
}

export const site = (): Site => loaded("site")!;
export const articles = (): Articles => loaded("articles")!;
