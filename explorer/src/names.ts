/** What values of the data are called on the pages, where no data file has a name for them. */

import { site } from "./load";
import { quiet } from "./parts/odd";
import { readable, words, type Language } from "./language";

const VALUES = words<Record<string, string>>(
  {
    collected: "collected",
    authored: "authored",
    ingested: "ingested",
    referenced: "referenced",
    news: "news",
    analysis: "analysis",
    opinion: "opinion",
    feature: "feature",
    train: "train",
    validation: "validation",
    test: "test",
    gold: "Gold",
    ner: "named entities",
  },
  {
    collected: "مجموع من المواقع",
    authored: "مكتوب لهذه المجموعة",
    ingested: "أُدخل من صفحات خام",
    referenced: "محال إليه في مصدره",
    news: "خبر",
    analysis: "تحليل",
    opinion: "رأي",
    feature: "تقرير",
    train: "التدريب",
    validation: "التحقق",
    test: "الاختبار",
    gold: "المرجع",
    structure: "البنية",
    topic: "الموضوع",
    stance: "الموقف",
    ner: "الكيانات المسماة",
    "manner:opinion_column": "بأسلوب عمود الرأي",
    "manner:state_media": "بأسلوب الإعلام الرسمي",
    "manner:wire": "بأسلوب وكالات الأنباء",
    "manner:blog": "بأسلوب المدونات",
    "manner:feature_desk": "بأسلوب التقارير",
    "manner:analysis": "بأسلوب التحليل",
    "manner:pan_arab_daily": "بأسلوب الصحف العربية",
    "manner:live_brief": "بأسلوب الموجز المباشر",
  },
);

/** Stands in an address for articles that show no outlet. */
export const NO_OUTLET = "-";

/** A tier, genre, split, layer or outlet; an outlet's manner as words; what has no name as it stands. */
export function valueName(language: Language, value: string): string {
  return VALUES[language][value] ?? quiet(readable(value.replace(/^manner:/, "in the manner of: ")));
}

/** A judge by what its file is called, gold, or a baseline by its title. */
export function readingName(language: Language, name: string): string {
  if (name === "gold") return VALUES[language]["gold"]!;
  const judge = site().annotators.findIndex((one) => one.name === name);
  if (judge >= 0) {
    const letter = String.fromCharCode(65 + judge);
    return language === "ar" ? `المحكم ${letter}` : `Judgement ${letter}`;
  }
  return site().baselines.find((one) => one.id === name)?.title ?? name;
}
