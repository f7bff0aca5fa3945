/** Which reading is shown, what it is compared with, and which layers. */

import { useWords, useLanguage } from "../language";
import { site } from "../load";
import { readingName } from "../names";
import { LAYERS, type Shelf } from "./shelf";
import { nextDifference } from "./differences";
import { WORDS } from "./words";

export function Choices({ shelf }: { shelf: Shelf }) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const { article, reading, compare, shown, overlay, set } = shelf;
  const judged = Object.keys(article.readings);
  const baselines = site().baselines.filter((one) => article.predicted.includes(one.id));
  const other = judged.filter((name) => name !== reading);
  const isBaseline = !judged.includes(reading);
  return (
    <div class="choices-of-article toolbar">
      <fieldset class="segmented">
        <legend>{w.reading}</legend>
        {judged.map((name) => (
          <label key={name}>
            <input
              type="radio"
              name="reading"
              checked={name === reading}
              onChange={() => set({ reading: name === "gold" ? null : name, compare: null })}
            />
            {readingName(language, name)}
          </label>
        ))}
        {baselines.length > 0 && (
          <label class="field-inline">
            {w.baseline}
            <select
              value={isBaseline ? reading : ""}
              onChange={(event) => set({ reading: event.currentTarget.value || null, compare: null })}
            >
              <option value="">{w.noBaseline}</option>
              {LAYERS.map((layer) => {
                const of = baselines.filter((one) => one.task === layer);
                return (
                  of.length > 0 && (
                    <optgroup key={layer} label={w[layer]}>
                      {of.map((one) => (
                        <option key={one.id} value={one.id} lang="en" dir="ltr">
                          {one.id}
                        </option>
                      ))}
                    </optgroup>
                  )
                );
              })}
            </select>
          </label>
        )}
      </fieldset>
      <label class="field-inline">
        {w.compare}
        <select value={compare ?? "none"} onChange={(event) => set({ compare: event.currentTarget.value })}>
          <option value="none">{w.nothing}</option>
          {other.map((name) => (
            <option key={name} value={name}>
              {readingName(language, name)}
            </option>
          ))}
        </select>
      </label>
      <fieldset class="segmented">
        <legend>{w.layers}</legend>
        {LAYERS.map((layer) => (
          <label key={layer}>
            <input
              type="checkbox"
              checked={shown.has(layer)}
              onChange={() =>
                set({ without: LAYERS.filter((one) => (one === layer ? shown.has(one) : !shown.has(one))) })
              }
            />
            {w[layer]}
          </label>
        ))}
      </fieldset>
      {compare && (
        <p class="differences" role="status">
          {w.differences}: <strong class="number">{overlay.differences}</strong>
          {overlay.differences > 0 && (
            <button type="button" class="button" onClick={nextDifference}>
              {w.next}
            </button>
          )}
          {isBaseline && <span class="soft">{w.goldRest}</span>}
        </p>
      )}
    </div>
  );
}
