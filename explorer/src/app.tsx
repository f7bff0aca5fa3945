/** The frame of every page: where one can go, the language, the light; and the page itself. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { LanguageProvider, useLanguage, useWords, words, type Language } from "./language";
import { loaded, site } from "./load";
import { AgreementPage } from "./pages/agreement";
import { ArticlePage } from "./pages/article";
import { ArticlesPage } from "./pages/articles";
import { EntitiesPage } from "./pages/entities";
import { EntityPage } from "./pages/entity";
import { OverviewPage } from "./pages/overview";
import { ScorePage } from "./pages/score";
import { ScoresPage } from "./pages/scores";
import { StancesPage } from "./pages/stances";
import { Icon } from "./parts/icon";
import { changed, href, PAGES, remember, remembered, useRoute, type Page, type Route } from "./route";

const WORDS = words(
  {
    pages: {
      overview: "Overview",
      articles: "Articles",
      entities: "Entities",
      stances: "Stance map",
      scores: "Scores",
      agreement: "Agreement",
    } as Record<string, string>,
    skip: "Skip to content",
    navigation: "Pages",
    language: "العربية",
    theme: "Light or dark",
    light: "Light",
    dark: "Dark",
    missing: "The data of this site is not here. Write the site again with marsad explore.",
    footer: "Labels by language models; read how they were made in the dataset's card.",
  },
  {
    pages: {
      overview: "نظرة عامة",
      articles: "المقالات",
      entities: "الكيانات",
      stances: "خريطة المواقف",
      scores: "النتائج",
      agreement: "الاتفاق",
    },
    skip: "إلى المحتوى",
    navigation: "الصفحات",
    language: "English",
    theme: "فاتح أو داكن",
    light: "فاتح",
    dark: "داكن",
    missing: "بيانات هذا الموقع غير موجودة. أعد كتابته بالأمر marsad explore.",
    footer: "وضعت الأوسام نماذج لغوية؛ وفي بطاقة المجموعة بيان ذلك.",
  },
);

const VIEWS: Record<Page, (props: { route: Route }) => preact.JSX.Element> = {
  overview: OverviewPage,
  articles: ArticlesPage,
  article: ArticlePage,
  entities: EntitiesPage,
  entity: EntityPage,
  stances: StancesPage,
  scores: ScoresPage,
  score: ScorePage,
  agreement: AgreementPage,
};
const PARENTS: Partial<Record<Page, Page>> = { article: "articles", entity: "entities", score: "scores" };

export function App() {
  const route = useRoute();
  const place = `${route.page}/${route.id}`;
  const before = useRef<string | null>(null);
  useLayoutEffect(() => {
    document.documentElement.lang = route.language;
    document.documentElement.dir = route.language === "ar" ? "rtl" : "ltr";
    remember("language", route.language);
  }, [route.language]);
  useEffect(() => {
    // Another page begins at its top and is told to whoever listens to it.
    if (before.current !== null && before.current !== place) {
      scrollTo(0, 0);
      document.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    }
    before.current = place;
    document.documentElement.dataset["ready"] = "true";
  }, [place]);
  if (!loaded("site") || !loaded("articles")) {
    return <p role="alert">{WORDS[route.language].missing}</p>;
  }
  const View = VIEWS[route.page];
  return (
    <LanguageProvider value={route.language}>
      <Header route={route} />
      <main id="content" key={place}>
        <View route={route} />
      </main>
      <Footer />
    </LanguageProvider>
  );
}

function Header({ route }: { route: Route }) {
  const w = useWords(WORDS);
  const current = PARENTS[route.page] ?? route.page;
  const other: Language = route.language === "ar" ? "en" : "ar";
  return (
    <header class="site">
      <a
        class="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          document.querySelector<HTMLElement>("h1")?.focus();
        }}
      >
        {w.skip}
      </a>
      <a class="brand" href={href(route.language, "overview")}>
        <Icon name="observatory" />
        <span lang="ar">مرصد</span>
        <span lang="en">Marsad</span>
      </a>
      <nav aria-label={w.navigation}>
        <ul>
          {PAGES.map((page) => (
            <li key={page}>
              <a href={href(route.language, page)} aria-current={page === current ? "page" : undefined}>
                {w.pages[page]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="choices">
        <Theme />
        <a class="button" lang={other} href={changed({ ...route, language: other }, {})}>
          {w.language}
        </a>
      </div>
    </header>
  );
}

type Theme = "light" | "dark";

function Theme() {
  const w = useWords(WORDS);
  const [chosen, choose] = useState(remembered("theme") as Theme | null);
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  useLayoutEffect(() => {
    if (chosen) {
      document.documentElement.dataset["theme"] = chosen;
      remember("theme", chosen);
    }
  }, [chosen]);
  return (
    <button
      type="button"
      class="button"
      aria-label={`${w.theme}: ${dark ? w.dark : w.light}`}
      title={w.theme}
      onClick={() => choose(dark ? "light" : "dark")}
    >
      <Icon name={dark ? "moon" : "sun"} />
    </button>
  );
}

function Footer() {
  const w = useWords(WORDS);
  const known = site();
  return (
    <footer class="site">
      <p>
        <span lang="en" dir="ltr">
          Marsad {known.version} · <code>data:{known.data}</code> · <code>splits:{known.splits}</code>
        </span>
      </p>
      <p lang={useLanguage()}>{w.footer}</p>
    </footer>
  );
}
