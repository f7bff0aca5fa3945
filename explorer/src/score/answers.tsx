/** A baseline's answers over gold: every article of a split, those with the most differences first. */

import { useEffect, useState } from "preact/hooks";

import type { LayerName } from "../data";
import { Arabic, count, Digits, useLanguage, useLink, useWords, words } from "../language";
import { articles, load } from "../load";
import { valueName } from "../names";
import { Bar, Barred } from "../parts/bars";
import { difference, type Difference } from "./difference";
import { Shown } from "../parts/odd";
import { Download } from "../parts/take";
import { DataTable } from "../parts/data-table";

const WORDS = words(
  {
    title: "Its answers over gold",
    about: "Each article opens with the baseline's reading beside gold and the differences lit.",
    open: (split: string, articles: string) =>
      `The ${articles} articles of ${split}, those with the most differences first`,
    counting: (done: string, all: string) => `Reading the answers: ${done} of ${all} articles`,
    article: "Article",
    tier: "Tier",
    genre: "Genre",
    differences: {
      structure: "Lines that differ",
      topic: "Passages that differ",
      stance: "Stances that differ",
      ner: "Spans in one of both alone",
    },
    of: (all: string) => `of ${all}`,
    missing: (missing: string) => `Articles without recorded answers in this copy: ${missing}.`,
  },
  {
    title: "أجوبته على المرجع",
    about: "يُفتح كل مقال وقراءة النظام إلى جانب المرجع، وما اختلفا فيه مميَّز.",
    open: (split: string, articles: string) => `مقالات ${split} (${articles})، أكثرها اختلافًا أولًا`,
    counting: (done: string, all: string) => `قراءة الأجوبة: ${done} من ${all}`,
    article: "المقال",
    tier: "المصدر",
    genre: "النوع",
    differences: {
      structure: "أسطر مختلفة",
      topic: "فقرات مختلفة",
      stance: "مواقف مختلفة",
      ner: "كيانات في أحدهما وحده",
    },
    of: (all: string) => `من ${all}`,
    missing: (missing: string) => `مقالات لا أجوبة مسجلة لها في هذه النسخة: ${missing}.`,
  },
);

interface Answered extends Difference {
  /** The article's place. */
  at: number;
}

export function Answers({
  id,
  layer,
  split,
  open,
  toggle,
}: {
  id: string;
  layer: LayerName;
  split: string;
  open: boolean;
  toggle: (open: boolean) => void;
}) {
  const language = useLanguage();
  const w = useWords(WORDS);
  const all = articles();
  const among = all.id.flatMap((_, at) => (all.values.split[all.split[at]!] === split ? [at] : []));
  return (
    <section class="card" aria-labelledby="answers">
      <h2 id="answers">{w.title}</h2>
      <p class="soft">{w.about}</p>
      <details
        open={open}
        onToggle={(event) => event.currentTarget.open !== open && toggle(event.currentTarget.open)}
      >
        <summary>{w.open(valueName(language, split), count(among.length))}</summary>
        {open && <Listed key={`${id} ${split}`} id={id} layer={layer} among={among} />}
      </details>
    </section>
  );
}

function Listed({ id, layer, among }: { id: string; layer: LayerName; among: readonly number[] }) {
  const language = useLanguage();
  const w = useWords(WORDS);
  const link = useLink();
  const [done, progress] = useState(0);
  const [found, set] = useState<Answered[] | null>(null);
  const all = articles();
  useEffect(() => {
    let current = true;
    void answered(id, layer, among, (many) => current && progress(many)).then((rows) => current && set(rows));
    return () => {
      current = false;
    };
  }, []);
  if (!found) {
    return (
      <p class="wait" role="status">
        {w.counting(count(done), count(among.length))}
      </p>
    );
  }
  const caption = w.differences[layer];
  return (
    <div class="listed">
      {found.length > 0 && (
        <Download
          name={`marsad-${id}-answers`}
          rows={() =>
            found.map(({ at, different, of }) => ({ article_id: all.id[at], baseline: id, different, of }))
          }
        />
      )}
      <DataTable label={caption} hidden>
        <thead>
          <tr>
            <th scope="col">{w.article}</th>
            <th scope="col">{w.tier}</th>
            <th scope="col">{w.genre}</th>
            <th scope="col" class="figure">
              {caption}
            </th>
          </tr>
        </thead>
        <tbody>
          {found.map(({ at, different, of }) => (
            <tr key={at}>
              <th scope="row">
                <a href={link("article", all.id[at]!, { reading: id, compare: "gold" })}>
                  <Arabic>
                    <Shown text={all.headline[at] || all.id[at]!} />
                  </Arabic>
                </a>
              </th>
              <td>{valueName(language, all.values.tier[all.tier[at]!]!)}</td>
              <td>{valueName(language, all.values.genre[all.genre[at]!]!)}</td>
              <td class="figure bars">
                <Barred bar={<Bar share={of ? different / of : 0} />}>
                  <Digits>{count(different)}</Digits> <span class="soft">{w.of(count(of))}</span>
                </Barred>
              </td>
            </tr>
          ))}
        </tbody>
      </DataTable>
      {found.length < among.length && <p class="soft">{w.missing(count(among.length - found.length))}</p>}
    </div>
  );
}

/** The differences of all these articles, the most first; of those that have none of its answers, nothing. */
async function answered(
  id: string,
  layer: LayerName,
  among: readonly number[],
  progress: (done: number) => void,
): Promise<Answered[]> {
  const all = articles();
  let done = 0;
  const found = await Promise.all(
    among.map(async (at) => {
      const name = all.id[at]!;
      try {
        const [article, predictions] = await Promise.all([
          load(`article/${name}`),
          load(`predictions/${name}`),
        ]);
        const gold = article.readings["gold"];
        const given = predictions[id];
        return gold && given ? [{ at, ...difference(layer, gold, given) }] : [];
      } catch {
        return [];
      } finally {
        done += 1;
        if (done % 8 === 0) progress(done);
      }
    }),
  );
  return found.flat().sort((one, other) => other.different - one.different || one.at - other.at);
}
