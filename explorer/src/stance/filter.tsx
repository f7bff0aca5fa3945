/** The filter of the stance map, all of it in the address. Counts say what a choice would leave. */

import { count, named, readable, useLanguage, useWords, words } from "../language";
import { site } from "../load";
import { NO_OUTLET, valueName } from "../names";
import { change, changed, type Route } from "../route";
import { Icon } from "../parts/icon";
import { quiet } from "../parts/odd";
import { FACETS, facetValues, type Facet, type Found } from "./tally";

const WORDS = words(
  {
    filter: "Filters",
    facets: {
      tier: "Tier",
      split: "Split",
      outlet: "Outlet",
      genre: "Genre",
      event: "Event",
      stance: "Stance",
    } as Record<Facet, string>,
    all: "all",
    none: "outlet not shown",
    from: "From",
    to: "To",
    month: "year-month",
    target: "Stance target",
    holder: "Find a holder",
    clear: "Clear all filters",
    undated: "Left out for want of a date",
    chosen: "chosen",
  },
  {
    filter: "التصفية",
    facets: {
      tier: "المصدر",
      split: "القسم",
      outlet: "الجهة الناشرة",
      genre: "النوع",
      event: "الحدث",
      stance: "الموقف",
    },
    all: "الكل",
    none: "الجهة الناشرة غير مذكورة",
    from: "من",
    to: "إلى",
    month: "سنة-شهر",
    target: "القضية",
    holder: "ابحث عن صاحب موقف",
    clear: "إزالة التصفية كلها",
    undated: "خارج المدة لأنه بلا تاريخ",
    chosen: "المختار",
  },
);

const KEYS = [...FACETS, "from", "to"] as const;

export function StanceFilter({ route, found, open }: { route: Route; found: Found; open: boolean }) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const active = KEYS.filter((key) => route.query.get(key));
  const optionName = (facet: Facet, value: string) =>
    facet === "event"
      ? readable(value)
      : facet === "stance"
        ? named(
            language,
            site().layers.stance.find((one) => one.name === value),
          )
        : valueName(language, value);
  return (
    <details class="card stance-filter" open={open || active.length > 0}>
      <summary>
        <Icon name="filter" /> {w.filter}
        {active.length > 0 && (
          <span class="soft">
            {" "}
            {w.chosen}: <span class="number">{active.length}</span>
          </span>
        )}
      </summary>
      <div class="toolbar">
        {FACETS.map((facet) => {
          const values = facetValues(facet);
          const counts = found.counts[facet];
          const none = counts[values.length]!;
          const chosen = route.query.get(facet) ?? "";
          return (
            <label key={facet} class="field">
              <span>{w.facets[facet]}</span>
              <select
                value={chosen}
                onChange={(event) => change(route, { [facet]: event.currentTarget.value })}
              >
                <option value="">{w.all}</option>
                {values.map((value, at) =>
                  counts[at] || value === chosen ? (
                    <option key={value} value={value}>
                      {`${quiet(optionName(facet, value))} (${count(counts[at]!)})`}
                    </option>
                  ) : null,
                )}
                {none > 0 && <option value={NO_OUTLET}>{`${w.none} (${count(none)})`}</option>}
              </select>
            </label>
          );
        })}
        <Month
          name={w.from}
          hint={w.month}
          value={route.query.get("from")}
          set={(from) => change(route, { from })}
        />
        <Month name={w.to} hint={w.month} value={route.query.get("to")} set={(to) => change(route, { to })} />
        {active.length > 0 && (
          <a class="button" href={changed(route, Object.fromEntries(KEYS.map((key) => [key, null])))}>
            <Icon name="close" />
            {w.clear}
          </a>
        )}
      </div>
      {found.undated > 0 && (
        <p class="soft">
          {w.undated}: <span class="number">{count(found.undated)}</span>
        </p>
      )}
    </details>
  );
}

function Month({
  name,
  hint,
  value,
  set,
}: {
  name: string;
  hint: string;
  value: string | null;
  set: (value: string) => void;
}) {
  return (
    <label class="field">
      <span>{name}</span>
      <input
        type="month"
        placeholder={hint}
        value={value ?? ""}
        onChange={(event) => set(event.currentTarget.value)}
      />
    </label>
  );
}

/** The choice of a target, and the search among holders. */
export function StanceChoice({ route }: { route: Route }) {
  const w = useWords(WORDS);
  const language = useLanguage();
  return (
    <div class="toolbar map-choice">
      <label class="field">
        <span>{w.target}</span>
        <select
          value={route.query.get("target") ?? ""}
          onChange={(event) => change(route, { target: event.currentTarget.value })}
        >
          <option value="">{w.all}</option>
          {site().targets.map((one) => (
            <option key={one.name} value={one.name}>
              {named(language, one)}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{w.holder}</span>
        <input
          type="search"
          value={route.query.get("q") ?? ""}
          onInput={(event) => change(route, { q: event.currentTarget.value })}
        />
      </label>
    </div>
  );
}
