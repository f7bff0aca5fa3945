/** What the manifest says of an article. */

import type { ComponentChildren } from "preact";

import type { Article } from "../data";
import { Code, count, useLanguage, useWords } from "../language";
import { valueName } from "../names";
import { Shown } from "../parts/odd";
import { WORDS } from "./words";

export function Facts({ article }: { article: Article }) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const facts: [string, ComponentChildren][] = [
    [w.id, <Code>{article.id}</Code>],
    [w.tier, valueName(language, article.tier)],
    [w.outlet, article.outlet === null ? w.notShown : valueName(language, article.outlet)],
    [
      w.published,
      <>
        {article.published ? <bdi dir="ltr">{article.published}</bdi> : w.unknown}{" "}
        <span class="soft">
          ({w.basis}:{" "}
          <bdi lang="en" dir="auto">
            <Shown text={article.published_basis} />
          </bdi>
          )
        </span>
      </>,
    ],
    [w.event, <Code>{article.event}</Code>],
    [w.genre, valueName(language, article.genre)],
    [w.split, valueName(language, article.split)],
    [
      w.rights,
      <bdi lang="en">
        <Shown text={article.rights} />
      </bdi>,
    ],
    [
      w.author,
      article.author === null ? (
        w.unknown
      ) : (
        <bdi lang="en">
          <Shown text={article.author} />
        </bdi>
      ),
    ],
    [
      w.file,
      <>
        <Code>{article.file}</Code> <Code>sha256:{article.sha256}</Code>
        <span class="soft">
          {" "}
          {w.characters}: {count([...article.raw].length)}
        </span>
      </>,
    ],
  ];
  return (
    <details class="card facts">
      <summary>{w.about}</summary>
      <dl class="pairs">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {article.sources.length > 0 && (
          <div>
            <dt>{w.sources}</dt>
            <dd>
              <ul>
                {article.sources.map((source, at) => (
                  <li key={at}>
                    <bdi lang="en" dir="auto">
                      <Shown text={`${source.title}. ${source.publisher}, ${source.date}`} />
                    </bdi>
                  </li>
                ))}
              </ul>
            </dd>
          </div>
        )}
      </dl>
    </details>
  );
}
