/** What stands in place of data that is on its way, or not there. */

import { useWords, words } from "../language";

const WORDS = words(
  { loading: "Loading…", missing: "There is no such page in this copy of the dataset." },
  { loading: "جارٍ التحميل…", missing: "لا توجد صفحة كهذه في هذه النسخة من المجموعة." },
);

export function Wait({ value }: { value: null | undefined }) {
  const w = useWords(WORDS);
  return (
    <p class="wait" role="status">
      {value === null ? w.missing : w.loading}
    </p>
  );
}
