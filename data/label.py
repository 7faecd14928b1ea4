"""Labels: who made a dataset, when, under which licence, and how to get it again."""

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from errors import SourceChanged

LABELS = Path(__file__).parent / "labels"


@dataclass(frozen=True)
class Label:
    """What stands on the box of a dataset; every field is text, empty where there is nothing to say."""

    dataset: str
    title: str
    producer: str
    url: str
    download: str
    file: str
    licence: str
    attribution: str
    reference_date: str
    accessed: str
    rows_are: str
    how: str
    limits: str
    via: str

    @property
    def source_line(self) -> str:
        """A few words for under a figure: who says so, and of when. The whole attribution is on the page Fonti."""
        return f"{self.title} ({self.producer}, {in_words(self.reference_date)})"


def in_words(date: str) -> str:
    """A reference date as Italians write it; ranges with a dash.

    >>> in_words("2025-01-01"), in_words("2023-08"), in_words("2020/2025")
    ('1/1/2025', '8/2023', '2020–2025')
    """
    ends = ["/".join(str(int(part)) for part in reversed(end.split("-"))) for end in date.split("/")]
    return "–".join(ends)


@cache
def read_label(dataset: str) -> Label:
    """The label of a dataset; ``SourceChanged`` names every missing or unknown field at once."""
    path = LABELS / f"{dataset}.toml"
    if not path.is_file():
        raise SourceChanged(dataset=dataset, faults=["no label"])
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    wanted = {field.name for field in fields(Label)}
    faults = [f"label lacks {name}" for name in sorted(wanted - said.keys())]
    faults += [f"label has the unknown field {name}" for name in sorted(said.keys() - wanted)]
    faults += [f"label's {name} is not text" for name, value in said.items() if not isinstance(value, str)]
    if said.get("dataset") != dataset:
        faults.append(f"label is of {said.get('dataset')}")
    if faults:
        raise SourceChanged(dataset=dataset, faults=faults)
    return Label(**{name: value.strip() for name, value in said.items()})


def sources_page(labels: list[Label]) -> str:
    """The text of ``data/SOURCES.md``: licences and attributions of everything the clean tables hold."""
    lines = [
        "# Sources, licences, attributions",
        "",
        "Made from `data/labels/` by `python3 run.py data build`; do not edit by hand.",
        "The clean tables in `data/tables/` are derived from these sources and carry their licences:",
        "whoever passes them on keeps the attribution, and tables derived from OpenStreetMap stay under the ODbL.",
        "",
        "| table | title | producer | date | licence | attribution |",
        "|---|---|---|---|---|---|",
    ]
    for label in labels:
        title = f"[{label.title}]({label.url})" if label.url else label.title
        cells = [
            f"`{label.dataset}`",
            title,
            label.producer,
            label.reference_date,
            label.licence,
            label.attribution,
        ]
        lines.append("| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines) + "\n"
