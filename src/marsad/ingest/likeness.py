"""How like each other articles are by the entities they name and the words they begin with, of
those pairs alone that may be of one event.

No article is compared with all others: only with the few before it, in the order of dates, that
share its rarest entities and stems. So the work grows with the number of articles alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from marsad.ingest.settings import Events

if TYPE_CHECKING:
    import pyarrow as pa

Numbers = NDArray[np.int64]

UNDATED = np.iinfo(np.int32).max  # the day of an article without a date: after all others
_AT_ONCE = 50_000  # pairs whose similarity is computed together


def pairs(
    table: pa.Table, days: Numbers, new: NDArray[np.bool_], settings: Events
) -> tuple[Numbers, Numbers, NDArray[np.float32]]:
    """Pairs of rows of a table of articles in the order of their days, and the cosine of their
    entities and stems weighted by rarity: a newcomer, in order, and what it may go with, which is
    known or a newcomer before it. `new` says who is a newcomer."""
    matrix = _matrix(table, settings)
    tells = _telling(matrix, days, settings)
    newcomer, other = _near(tells, days, new, settings)
    alike = np.zeros(len(newcomer), np.float32)
    for at in range(0, len(newcomer), _AT_ONCE):
        part = slice(at, at + _AT_ONCE)
        product = matrix[newcomer[part]].multiply(matrix[other[part]])
        alike[part] = np.asarray(product.sum(axis=1)).ravel()
    return newcomer, other, alike


def _matrix(table: pa.Table, settings: Events) -> Any:
    """Articles by features, rows of length 1. Features are in the order of how many articles have
    them, the rarest first; what stands in one article alone ties it to no other, and is left out.
    """
    from scipy.sparse import csr_matrix

    texts, number = table.num_rows, 0
    rows, columns, factors = [], [], []
    for name, factor in (("entities", settings.entity_weight), ("stems", 1.0)):
        lists = table[name].combine_chunks()
        values = lists.flatten().dictionary_encode()
        sizes = lists.value_lengths().to_numpy()
        rows.append(np.repeat(np.arange(texts, dtype=np.int32), sizes))
        columns.append(values.indices.to_numpy() + np.int32(number))
        factors.append(np.full(len(values), factor, np.float32))
        number += len(values.dictionary)
    row, column, weights = (np.concatenate(parts) for parts in (rows, columns, factors))
    holders = np.bincount(column, minlength=number)
    order = np.argsort(holders, kind="stable")
    label = np.empty(number, np.int32)
    label[order] = np.arange(number, dtype=np.int32)
    shared = holders[column] > 1
    row, column, weights = row[shared], column[shared], weights[shared]
    rarity = np.log(texts / np.maximum(holders, 1)).clip(0, settings.rarest).astype(np.float32)
    weights *= rarity[column]
    norms = np.sqrt(np.bincount(row, weights**2, texts)).astype(np.float32)
    weights /= np.maximum(norms[row], np.float32(1e-9))
    matrix = csr_matrix((weights, (row, label[column])), (texts, number))
    matrix.sort_indices()
    return matrix


def _telling(matrix: Any, days: Numbers, settings: Events) -> Any:
    """The features that each article is looked up by, by feature and then by article: its rarest
    ones of those that another article of about the same days has too."""
    from scipy.sparse import csr_matrix

    by_feature = matrix.tocsc()
    feature = np.repeat(np.arange(matrix.shape[1]), np.diff(by_feature.indptr))
    row = by_feature.indices
    close = (np.diff(feature) == 0) & (
        (np.diff(days[row]) <= settings.days) | (days[row[1:]] == UNDATED)
    )
    kept = np.zeros(len(row), np.bool_)
    kept[1:] |= close
    kept[:-1] |= close
    some = csr_matrix((np.ones(kept.sum(), np.bool_), (row[kept], feature[kept])), matrix.shape)
    some.sort_indices()
    place = np.arange(some.nnz) - np.repeat(some.indptr[:-1], np.diff(some.indptr))
    few = place < settings.tells
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(some.indptr))[few]
    return csr_matrix((np.ones(len(row), np.bool_), (row, some.indices[few])), matrix.shape).tocsc()


def _near(
    tells: Any, days: Numbers, new: NDArray[np.bool_], settings: Events
) -> tuple[Numbers, Numbers]:
    """Which newcomers are compared with which articles: those that stand near each other among the
    articles with a feature, and share two features or more; of many, those that share most."""
    row = tells.indices
    feature = np.repeat(np.arange(tells.shape[1]), np.diff(tells.indptr))
    first = tells.indptr[feature]
    undated = np.flatnonzero(days[row] == UNDATED)
    shared: Any = 0
    for step in range(1, settings.near + 1):
        same = np.flatnonzero(feature[step:] == feature[:-step])
        found = _told(row[same + step], row[same], days, new, settings)
        shared = found + shared
        # Without a date an article may be like any other: some, evenly from all before it.
        spread = first[undated] + (undated - first[undated]) * (step - 1) // settings.near
        shared = shared + _told(row[undated], row[spread], days, new, settings)
    counts = shared.tocoo()
    several = counts.data > 1
    one, other, count = counts.row[several], counts.col[several], counts.data[several]
    order = np.lexsort((other, -count, one))
    one, other = one[order], other[order]
    place = np.arange(len(one)) - np.searchsorted(one, one)
    kept = place < settings.compared
    return one[kept].astype(np.int64), other[kept].astype(np.int64)


def _told(
    later: Numbers, earlier: Numbers, days: Numbers, new: NDArray[np.bool_], settings: Events
) -> Any:
    """A matrix with 1 where a newcomer may go with another article."""
    from scipy.sparse import csr_matrix

    kept = (new[later] | new[earlier]) & (later != earlier)
    kept &= (days[later] == UNDATED) | (days[later] - days[earlier] <= settings.days)
    later, earlier = later[kept], earlier[kept]
    # The newcomer first; of two, the later one.
    swap = ~new[later]
    one, other = np.where(swap, earlier, later), np.where(swap, later, earlier)
    size = len(days)
    return csr_matrix((np.ones(len(one), np.uint8), (one, other)), (size, size))
