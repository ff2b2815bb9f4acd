"""What people read first of a published dataset."""

from __future__ import annotations

from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.export.dataset import dataset
from matchmaker.snapshot.export.texts import texts


def test_they_name_version_tables_columns_and_sources(harbour_snapshot: Snapshot) -> None:
    made = dataset(harbour_snapshot)
    pages = texts(made)
    assert harbour_snapshot.hash in pages["README.md"] and made.citation in pages["README.md"]
    for table in made.tables:
        assert f"| `{table.name}` | {table.frame.height:,} |" in pages["README.md"]
        assert f"\n## {table.name}\n" in pages["CODEBOOK.md"]
        for column in table.columns:
            assert column.says in pages["CODEBOOK.md"]
    for id_, source in harbour_snapshot.sources.items():
        assert f"`{id_}` | {source['publisher']}" in pages["LICENCE.md"]
    assert "Made up for tests." in pages["LICENCE.md"]
