/** The two languages of the interface. Each page has its own words beside it, as `Words`. */

import { createContext, type ComponentChildren } from "preact";
import { useContext } from "preact/hooks";

import type { Label } from "./data";
import { href, type Language, type Page, type Query } from "./route";

export type { Language } from "./route";

/** Words in both languages, the same keys in each. */
export interface Words<W> {
  en: W;
  ar: W;
}

/** Words in both languages; a key that one of them lacks is a fault of types. */
export function words<W>(en: W, ar: NoInfer<W>): Words<W> {
  return { en, ar };
}

const Spoken = createContext<Language>("en");

export const LanguageProvider = Spoken.Provider;

export function useLanguage(): Language {
  return useContext(Spoken);
}

export function useWords<W>(both: Words<W>): W {
  return both[useLanguage()];
}

/** A link of this language: `link("article", id, { at: "10-20" })`. */
export function useLink(): (page: Page, id?: string, query?: Query) => string {
  const language = useLanguage();
  return (page, id, query) => href(language, page, id, query);
}

/** A label, target and the like by its name in this language: Arabic, or its name in the data made readable. */
export function named(language: Language, label: Pick<Label, "name" | "name_ar"> | undefined): string {
  if (!label) return "–";
  return language === "ar" ? label.name_ar : readable(label.name);
}

/** A name of the data as words: `world_order` as `world order`. */
export function readable(name: string): string {
  return name.replaceAll("_", " ");
}

/** A count, with Western digits in both languages, as the data and its reports have them. */
export function count(value: number): string {
  return COUNTS.format(value);
}

const COUNTS = new Intl.NumberFormat("en");

/** A figure between 0 and 1, with three digits as README's tables have it. */
export function figure(value: number | null | undefined, digits = 3): string {
  return value === null || value === undefined ? "–" : value.toFixed(digits);
}

export function percent(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)}%`;
}

const MONTHS = {
  en: [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
  ],
  ar: [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
  ],
} as const;

/** An ISO date as `8 July 2020`, the same digits in both languages. */
export function day(language: Language, iso: string): string {
  const [year, month, date] = iso.split("-").map(Number);
  return `${date} ${MONTHS[language][month! - 1]} ${year}`;
}

/** Arabic text in a page of either language: its own direction, isolated from what is around it. */
export function Arabic({
  children,
  as: Tag = "bdi",
  ...rest
}: {
  children: ComponentChildren;
  as?: "bdi" | "span" | "div" | "p";
  class?: string;
}) {
  return (
    <Tag lang="ar" dir="rtl" {...rest}>
      {children}
    </Tag>
  );
}

/** An id, a signature and the like: left to right, isolated. */
export function Code({ children }: { children: ComponentChildren }) {
  return (
    <code dir="ltr" translate={false}>
      {children}
    </code>
  );
}

/** A number that keeps its order in a line of Arabic. */
export function Digits({ children }: { children: ComponentChildren }) {
  return (
    <bdi dir="ltr" class="number">
      {children}
    </bdi>
  );
}
