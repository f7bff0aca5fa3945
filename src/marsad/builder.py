"""The builder: the rows of Marsad from its sources, for `datasets` of any supported version.

    from dataset_script import Marsad
    builder = Marsad(config_name="ner")
    builder.download_and_prepare()
    builder.as_dataset(split="test")

`load_dataset` reads the committed Parquet instead; both give the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import datasets

from marsad import __version__, dataset, feature, rooms
from marsad.corpus import Corpus, read_corpus
from marsad.split import SPLITS


class Marsad(datasets.GeneratorBasedBuilder):  # type: ignore[misc]
    """Builds a config from articles/ and annotations/, with no network and no download.

    `root` names the checkout, by default the one this package lies in. The cache is keyed by the
    digest of the rows, so a changed source is never served from an old cache.
    """

    VERSION = datasets.Version(__version__)
    BUILDER_CONFIGS = [  # noqa: RUF012
        datasets.BuilderConfig(name=name, version=datasets.Version(__version__))
        for name in dataset.CONFIGS
    ]
    DEFAULT_CONFIG_NAME = "articles"

    def __init__(self, *args: Any, root: str | None = None, **kwargs: Any) -> None:
        self.corpus: Corpus = read_corpus(rooms.find(root))
        self.rows = dataset.build_rows(self.corpus)
        name = kwargs.get("config_name") or self.DEFAULT_CONFIG_NAME
        kwargs.setdefault("hash", dataset.canon(self.rows[name]).digest[:16])
        super().__init__(*args, **kwargs)

    def _info(self) -> datasets.DatasetInfo:
        columns = feature.features(self.corpus.layers)[self.config.name]
        return datasets.DatasetInfo(
            description="Arabic news about international affairs, annotated for structure, "
            "topic, stance and named entities.",
            features=datasets.Features(_features(columns)),
        )

    def _split_generators(
        self, dl_manager: datasets.DownloadManager
    ) -> list[datasets.SplitGenerator]:
        return [
            datasets.SplitGenerator(name=name, gen_kwargs={"split_name": name}) for name in SPLITS
        ]

    def _generate_examples(self, split_name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for row in self.rows[self.config.name][split_name]:
            yield dataset.row_id(self.config.name, row), row


def _features(columns: Any) -> Any:
    if isinstance(columns, feature.ClassLabel):
        return datasets.ClassLabel(names=list(columns.names))
    if isinstance(columns, list):
        return [_features(columns[0])]
    if isinstance(columns, dict):
        return {name: _features(part) for name, part in columns.items()}
    return datasets.Value(columns)
