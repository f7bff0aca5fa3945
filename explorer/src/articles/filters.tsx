/** The filters beside the list, and the chosen ones above it. */

import { useMemo, useState } from "preact/hooks";

import { named, readable, useLanguage, useWords } from "../language";
import { site, useData } from "../load";
import { NO_OUTLET, valueName } from "../names";
import { Icon } from "../parts/icon";
import { quiet } from "../parts/odd";
import { Facet } from "./facet";
import { FACETS, type Choice, type FacetName, type Facets } from "./facets";
import { WORDS } from "./words";

/** What a facet's value is called. */
function useValueName(): (facet: FacetName, value: string) => string {
  const language = useLanguage();
  const w = useWords(WORDS);
  return (facet, value) => {
    if (facet === "topic")
      return named(
        language,
        site().layers.topic.find((one) => one.name === value),
      );
    if (facet === "stance")
      return named(
        language,
        site().layers.stance.find((one) => one.name === value),
      );
    if (facet === "target")
      return named(
        language,
        site().targets.find((one) => one.name === value),
      );
    if (facet === "outlet" && value === NO_OUTLET) return w.notShown;
    if (facet === "event" || facet === "entity") return readable(value);
    return valueName(language, value);
  };
}

export function Filters({
  found,
  toggle,
  askEntities,
  entitiesReady,
}: {
  found: ReturnType<Facets["find"]>["values"];
  toggle: (name: FacetName, value: string) => void;
  askEntities: () => void;
  entitiesReady: boolean;
}) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const called = useValueName();
  const [open] = useState(() => matchMedia("(min-width: 62rem)").matches);
  const entities = useData(entitiesReady ? "entities" : null);
  const places = useMemo(() => new Map(entities?.id.map((id, at) => [id, at])), [entities]);
  const names = (id: string) => {
    const at = places.get(id);
    return at === undefined ? [id, id] : [entities!.name_en[at]!, entities!.name_ar[at]!];
  };
  return (
    <details class="filters" open={open}>
      <summary>
        <Icon name="filter" /> {w.filters}
      </summary>
      {FACETS.map((facet) => (
        <Facet
          key={facet}
          title={w.facets[facet]}
          values={found[facet]}
          open={facet !== "event" && facet !== "entity" && facet !== "outlet"}
          {...(facet === "entity" ? { onOpen: askEntities, ready: entitiesReady } : {})}
          choose={(value) => toggle(facet, value)}
          name={(value) =>
            facet === "entity" ? (
              <bdi lang={language}>{quiet(names(value)[language === "ar" ? 1 : 0]!)}</bdi>
            ) : (
              <bdi {...(facet === "event" ? { lang: "en" } : {})}>{called(facet, value)}</bdi>
            )
          }
          alike={(value) =>
            facet === "entity" ? [value, ...names(value)].join(" ") : `${value} ${called(facet, value)}`
          }
        />
      ))}
    </details>
  );
}

export function Chosen({
  choice,
  toggle,
  clear,
}: {
  choice: Choice;
  toggle: (name: FacetName, value: string) => void;
  clear: () => void;
}) {
  const w = useWords(WORDS);
  const called = useValueName();
  const chosen = FACETS.flatMap((facet) => choice[facet].map((value) => ({ facet, value })));
  if (!chosen.length) return null;
  return (
    <ul class="chips chosen-filters" aria-label={w.chosen}>
      {chosen.map(({ facet, value }) => (
        <li key={`${facet}=${value}`}>
          <button type="button" class="chip" onClick={() => toggle(facet, value)}>
            <span class="hidden-text">{w.remove}: </span>
            <span class="soft">{w.facets[facet]}:</span> <bdi>{called(facet, value)}</bdi>{" "}
            <Icon name="close" />
          </button>
        </li>
      ))}
      <li>
        <button type="button" class="button plain" onClick={clear}>
          {w.clear}
        </button>
      </li>
    </ul>
  );
}
