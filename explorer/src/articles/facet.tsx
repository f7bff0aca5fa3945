/** One filter: its values with their counts, the chosen ones first where there are many. */

import { useId, useState } from "preact/hooks";

import { count, useWords, words } from "../language";
import { fold } from "../spelling";
import type { Value } from "./facets";

const WORDS = words(
  { search: "Find a value", more: "All values", fewer: "Fewer values", nothing: "No such value" },
  { search: "ابحث عن قيمة", more: "كل القيم", fewer: "قيم أقل", nothing: "لا قيمة كهذه" },
);

const SHOWN = 8;

export function Facet({
  title,
  values,
  name,
  alike,
  choose,
  open,
  onOpen,
  ready = true,
}: {
  title: string;
  values: readonly Value[];
  /** What a value is called. */
  name: (value: string) => preact.ComponentChildren;
  /** Everything a value may be searched by. */
  alike: (value: string) => string;
  choose: (value: string) => void;
  open: boolean;
  onOpen?: () => void;
  ready?: boolean;
}) {
  const w = useWords(WORDS);
  const id = useId();
  const [asked, ask] = useState("");
  const [all, showAll] = useState(false);
  const chosen = values.filter((one) => one.chosen).length;
  const long = values.length > 15;
  const needle = fold(asked.trim());
  const fitting = needle
    ? values.filter((one) => fold(alike(one.value)).includes(needle))
    : values.filter((one) => one.count > 0 || one.chosen);
  const sorted = long
    ? [...fitting].sort((one, two) => Number(two.chosen) - Number(one.chosen) || two.count - one.count)
    : fitting;
  const shown = !long || all ? sorted.slice(0, 200) : sorted.slice(0, Math.max(SHOWN, chosen));
  return (
    <details
      class="facet"
      open={open || chosen > 0}
      onToggle={(event) => event.currentTarget.open && onOpen?.()}
    >
      <summary>
        {title}
        {chosen > 0 && <strong class="number"> {chosen}</strong>}
      </summary>
      <fieldset>
        <legend class="hidden-text">{title}</legend>
        {long && (
          <input
            type="search"
            aria-label={`${w.search}: ${title}`}
            placeholder={w.search}
            value={asked}
            onInput={(event) => ask(event.currentTarget.value)}
          />
        )}
        <ul>
          {shown.map((one, at) => (
            <li key={one.value}>
              <label class={one.count ? "" : "empty"}>
                <input
                  type="checkbox"
                  checked={one.chosen}
                  onChange={() => choose(one.value)}
                  aria-describedby={`${id}-${at}`}
                />
                <span>{name(one.value)}</span>
                <span class="number soft" id={`${id}-${at}`}>
                  {count(one.count)}
                </span>
              </label>
            </li>
          ))}
          {ready && !shown.length && <li class="soft">{w.nothing}</li>}
        </ul>
        {long && sorted.length > SHOWN && (
          <button type="button" class="button plain" onClick={() => showAll(!all)}>
            {all ? w.fewer : `${w.more} (${count(sorted.length)})`}
          </button>
        )}
      </fieldset>
    </details>
  );
}
