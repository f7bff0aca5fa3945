/** The first page: what this is, one passage with everything on it, and where to go. */

import { Arabic, count, named, readable, useLanguage, useLink, useWords, words } from "../language";
import { evidenceOf, HolderName, passagesOf } from "../article/passage";
import { overlay } from "../article/compare";
import { MarkedLine } from "../article/line";
import { measure } from "../article/offsets";
import { writePlace } from "../article/place";
import type { Article } from "../data";
import { articles, site, useData } from "../load";
import { valueName } from "../names";
import { Heading } from "../parts/heading";
import { quiet } from "../parts/odd";
import { StanceLabel } from "../parts/stance-label";
import { Copy } from "../parts/take";
import { go, type Page, type Route } from "../route";

const WORDS = words(
  {
    title: "Arabic news about international affairs, annotated",
    lead: "Marsad (مرصد, observatory) is an open dataset with four annotation layers on the same text: which lines of a page are the article, what each passage is about, who takes which stance toward what, and the named entities, nested ones included. Benchmark tasks with fixed splits and signed scores stand on it.",
    counts: {
      articles: "articles",
      events: "events",
      passages: "passages",
      mentions: "entity mentions",
      stances: "stances",
      entities: "entities in the catalogue",
    } as Record<string, string>,
    example: "One passage, read in four ways",
    from: "From",
    about: "It is about",
    takes: "In it",
    structure: "Its line is",
    open: "See it in its article",
    hint: "Underlined: named entities, inner ones closest to the text. Shaded: the words that show a stance, with its number.",
    go: "Where to go",
    pages: {
      articles: [
        "Articles",
        "Filter and search them; read each with its labels, and switch between gold and the two judgements.",
      ],
      entities: [
        "Entities",
        "Everyone and everything named: how outlets write them, where, and the stances they take.",
      ],
      stances: [
        "Stance map",
        "Who is for and against what, by source and over time, down to the words that show it.",
      ],
      scores: [
        "Scores",
        "What each baseline reaches, with intervals and slices, and its answers laid over the gold.",
      ],
      agreement: [
        "Agreement and balance",
        "How far two independent judgements agree, and what there is of each label.",
      ],
    } as Record<string, [string, string]>,
    honest: "What to know",
    texts: "Where the texts come from",
    withoutText: "annotated, without their text here",
    labels:
      "The labels are by language models: each article was judged twice, independently, and a third reading decided. All three are on record, and every article page shows them. No person has reviewed the labels yet.",
    tiers: {
      collected: "real pages, as received",
      ingested: "real pages that came by ingest",
      authored:
        "written for this dataset by a language model, about real events, with facts from public sources",
      referenced: "real articles of an open corpus, whose texts are not part of the dataset",
    } as Record<string, string>,
    cite: "Cite it",
    copy: "Copy BibTeX",
    license: "License",
  },
  {
    title: "أخبار عربية عن الشؤون الدولية، موسومة",
    lead: "«مرصد» مجموعة بيانات مفتوحة على نصوصها أربع طبقات من الأوسام: أيُّ أسطر الصفحة هو المقال، وعمّ تتحدث كل فقرة، ومن يقف أيَّ موقف من أيِّ قضية، وما فيها من كيانات مسماة، ومنها المتداخلة. وعليها مهام قياس بأقسام ثابتة ونتائج موقَّعة.",
    counts: {
      articles: "المقالات",
      events: "الأحداث",
      passages: "الفقرات",
      mentions: "مواضع ذكر الكيانات",
      stances: "المواقف",
      entities: "الكيانات في الفهرس",
    },
    example: "فقرة واحدة بأربع قراءات",
    from: "من",
    about: "موضوعها",
    takes: "وفيها",
    structure: "سطرها",
    open: "اقرأها في مقالها",
    hint: "ما تحته خط كيان مسمى، والداخلي أقرب إلى النص. والمظلل كلمات تدل على موقف، ومعها رقمه.",
    go: "إلى أين",
    pages: {
      articles: ["المقالات", "صفِّها وابحث فيها، واقرأ كل مقال بأوسامه، وانتقل بين المرجع وحكمي المحكمَين."],
      entities: ["الكيانات", "كل من ذُكر وما ذُكر: كيف تكتبه الجهات، وأين، وما مواقفه."],
      stances: ["خريطة المواقف", "من مع ماذا ومن ضده، بحسب المصدر وعلى مر الزمن، وصولًا إلى الكلمات الدالة."],
      scores: ["النتائج", "ما يبلغه كل نظام، بمجالات الثقة والشرائح، وأجوبته على المرجع."],
      agreement: ["الاتفاق والتوازن", "مقدار اتفاق حكمين مستقلين، وكم في المجموعة من كل تصنيف."],
    },
    honest: "ما ينبغي معرفته",
    texts: "من أين جاءت النصوص",
    withoutText: "موسومة، ونصوصها ليست هنا",
    labels:
      "وضعت الأوسام نماذج لغوية: حُكم على كل مقال مرتين حكمين مستقلين، ثم فصلت بينهما قراءة ثالثة. والثلاثة مسجلة، وتعرضها صفحة كل مقال. ولم يراجع الأوسام إنسان بعد.",
    tiers: {
      collected: "صفحات حقيقية كما وردت",
      ingested: "صفحات حقيقية أُدخلت من صفحات خام",
      authored: "كتبها نموذج لغوي لهذه المجموعة عن أحداث حقيقية، ووقائعها من مصادر معلنة",
      referenced: "مقالات حقيقية من مجموعة مفتوحة، ليست نصوصها جزءًا من هذه المجموعة",
    },
    cite: "للاستشهاد بها",
    copy: "نسخ BibTeX",
    license: "الرخصة",
  },
);

const CARDS = ["articles", "entities", "stances", "scores", "agreement"] as const satisfies readonly Page[];

export function OverviewPage(_: { route: Route }) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const link = useLink();
  const known = site();
  const tiers = new Map<string, number>();
  for (const tier of articles().tier) {
    const name = articles().values.tier[tier]!;
    tiers.set(name, (tiers.get(name) ?? 0) + 1);
  }
  return (
    <div class="overview">
      <Heading title={w.title} />
      <p class="lead">{w.lead}</p>
      <dl class="counts">
        {(Object.keys(w.counts) as (keyof typeof known.counts)[]).map((name) => (
          <div key={name}>
            <dt>{w.counts[name]}</dt>
            <dd class="number">{count(known.counts[name])}</dd>
          </div>
        ))}
      </dl>
      {known.example && <Example {...known.example} />}
      <section>
        <h2>{w.go}</h2>
        <ul class="doors">
          {CARDS.map((page) => (
            <li key={page} class="card">
              <h3>
                <a href={link(page)}>{w.pages[page]![0]}</a>
              </h3>
              <p>{w.pages[page]![1]}</p>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2>{w.honest}</h2>
        <p class="lead">{w.labels}</p>
        <h3>{w.texts}</h3>
        <ul class="tiers">
          {[...tiers].map(([tier, number]) => (
            <li key={tier}>
              <a href={link("articles", "", { tier })}>{valueName(language, tier)}</a> (
              <span class="number">{count(number)}</span>): {w.tiers[tier] ?? readable(tier)}
            </li>
          ))}
          {Object.entries(known.without_text).map(([tier, number]) => (
            <li key={`without-${tier}`}>
              {valueName(language, tier)} (<span class="number">{count(number)}</span>): {w.withoutText}
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2>{w.cite}</h2>
        <p dir="ltr" lang="en">
          {known.citation}
        </p>
        <pre dir="ltr" lang="en" class="card" tabIndex={0}>
          {known.bibtex}
        </pre>
        <p class="actions">
          <Copy label={w.copy} text={() => known.bibtex} />
          <span class="soft">
            {w.license}: <bdi lang="en">{known.license}</bdi>
          </span>
        </p>
      </section>
    </div>
  );
}

/** One passage of the dataset with its entities, topics and stances. */
function Example({ article: id, start, end }: { article: string; start: number; end: number }) {
  const article = useData(`article/${id}`);
  return (
    <section class="example">{article ? <Shown article={article} start={start} end={end} /> : null}</section>
  );
}

function Shown({ article, start, end }: { article: Article; start: number; end: number }) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const link = useLink();
  const laid = overlay(article, article.readings["gold"]!, null);
  const passage = passagesOf(article, laid).find((one) => one.start === start && one.end === end);
  const line = article.lines.findIndex(([, from, to]) => from <= start && end <= to);
  if (!passage) return null;
  const inside = laid.entities.filter((one) => one.start >= start && one.end <= end);
  return (
    <>
      <h2>{w.example}</h2>
      <div class="card">
        <p class="text" lang="ar" dir="rtl">
          <MarkedLine
            text={measure(article.raw)}
            line={{ start, end }}
            entities={inside}
            evidence={evidenceOf([passage])}
            hits={[]}
            cuts={[]}
            place={null}
            lit={null}
            select={(place) => go(link("article", article.id, { at: writePlace(place) }))}
            linkTo={(place) => link("article", article.id, { at: writePlace(place) })}
          />
        </p>
        <p class="soft">{w.hint}</p>
        <dl class="pairs">
          <div>
            <dt>{w.structure}</dt>
            <dd>{named(language, site().layers.structure[laid.lines[line]?.label ?? -1])}</dd>
          </div>
          <div>
            <dt>{w.about}</dt>
            <dd>
              {passage.topics
                .map((one) => named(language, site().layers.topic[one.topic]))
                .join(language === "ar" ? "، " : ", ")}
            </dd>
          </div>
          <div>
            <dt>{w.takes}</dt>
            <dd>
              <ul class="stances">
                {passage.stances.map(({ number, mark }) => (
                  <li key={number}>
                    <span class="note-number">{number}</span>
                    <HolderName id={mark.holder} article={article} />
                    <span class="soft">{language === "ar" ? "←" : "→"}</span>
                    {named(language, site().targets[mark.target])} <StanceLabel label={mark.label} />
                  </li>
                ))}
              </ul>
            </dd>
          </div>
          <div>
            <dt>{w.from}</dt>
            <dd>
              <Arabic>{quiet(articles().headline[articles().id.indexOf(article.id)] ?? "")}</Arabic>{" "}
              <a class="button" href={link("article", article.id, { at: passage.id })}>
                {w.open}
              </a>
            </dd>
          </div>
        </dl>
      </div>
    </>
  );
}
