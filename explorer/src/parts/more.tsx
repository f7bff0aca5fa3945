/** The button under a list that is drawn in part, with how many are left. */

import { count, useWords, words } from "../language";

const WORDS = words({ more: "Show more", left: "left" }, { more: "عرض المزيد", left: "المتبقي" });

export function More({ left, draw }: { left: number; draw: () => void }) {
  const w = useWords(WORDS);
  return (
    <button type="button" class="button" onClick={draw}>
      {w.more}{" "}
      <span class="soft number">
        ({w.left}: {count(left)})
      </span>
    </button>
  );
}
