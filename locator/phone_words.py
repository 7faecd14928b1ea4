"""What the phone says by itself, in the words of a language: ``{lang}/parole.json``."""

from collections.abc import Mapping
from typing import Final

from locator.words import Words

CREDIT: Final = "ISTAT (CC BY) · © OpenStreetMap (ODbL)"
"""Whom the ground of the map comes from: names, the same in every language."""


def told(w: Words) -> dict[str, str | list[str]]:
    """Key → text; of a text with a number its forms, which ``plural`` chooses among (``Words.plural_table``)."""
    return {
        "tag": w.tag,
        "dir": w.dir,
        "plural": w.plural_table,
        **_list(w),
        **_travel(w),
        **_opening(w),
        **_place(w),
        **_map(w),
        **_trouble(w),
    }


def _forms(w: Words, one: str, many: str) -> list[str]:
    """A text in every form that a number may ask for."""
    first = {form: n for n, form in reversed(list(enumerate(w.plural_table)))}
    return [w.ngettext(one, many, first[form]) for form in sorted(first)]


def _list(w: Words) -> Mapping[str, str | list[str]]:
    return {
        "sure": w.gettext("Come li chiedi"),
        "nearest": w.gettext("Dal più vicino"),
        "all": w.gettext("Gli sportelli"),
        "perhaps": w.gettext("Forse: chiedi prima"),
        "remote": w.gettext("Per telefono o in rete"),
        "found": _forms(w, "{n} sportello", "{n} sportelli"),
        "of_which_sure": _forms(w, "{n} come lo chiedi", "{n} come li chiedi"),
        "left_out": _forms(
            w,
            "Non mostriamo {n} sportello: non è come lo chiedi.",
            "Non mostriamo {n} sportelli: non sono come li chiedi.",
        ),
        "more": _forms(w, "Mostra un altro sportello", "Mostra altri {n} sportelli"),
        "asked": w.gettext("Che cosa hai chiesto"),
        "take_away": w.gettext("Togli:"),
        "clear": w.gettext("Togli tutte le scelte"),
        "none": w.gettext("Nessuno sportello risponde a tutto quello che chiedi."),
        "only_remote": w.gettext("Nessuno sportello vicino è come lo chiedi. Questi rispondono da lontano."),
        "all_far": w.gettext("Sono tutti lontani. Puoi provare così:"),
        "try": w.gettext("Puoi provare così:"),
        "far": w.gettext("Lo sportello più vicino è lontano. Chiama prima di partire."),
        "nearer": w.gettext("Più vicino, ma chiedi prima: {name}"),
        "unsure_hours": w.gettext("Non sappiamo se in quel momento è aperto."),
        "unsure_language": w.gettext("Non sappiamo se parla la tua lingua."),
        "unsure_theme": w.gettext("Non sappiamo se si occupa di questo."),
        "unsure_target": w.gettext("Non sappiamo se riceve persone come te."),
        "unsure_areas": w.gettext("Non sappiamo se riceve chi abita nel tuo comune."),
    }


def _travel(w: Words) -> Mapping[str, str]:
    return {
        "walk": w.gettext("circa {n} min a piedi"),
        "bike": w.gettext("circa {n} min in bici"),
        "car": w.gettext("circa {n} min in auto"),
        "far_walk": w.gettext("Troppo lontano a piedi:"),
        "far_bike": w.gettext("Troppo lontano in bici:"),
        "far_car": w.gettext("Troppo lontano:"),
        "too_far": w.gettext("Più di due ore di viaggio."),
        "no_point": w.gettext("Tempo non noto: manca il luogo."),
    }


def _opening(w: Words) -> Mapping[str, str]:
    return {
        "open": w.gettext("Aperto ora"),
        "open_until": w.gettext("Aperto ora: chiude alle {time}"),
        "opens_today": w.gettext("Chiuso ora: apre oggi alle {time}"),
        "opens_tomorrow": w.gettext("Chiuso ora: apre domani alle {time}"),
        "opens_weekday": w.gettext("Chiuso ora: apre {day} alle {time}"),
        "opens_date": w.gettext("Chiuso ora: apre il {day} alle {time}"),
        "shut": w.gettext("Chiuso nelle prossime settimane"),
        "away_open": w.gettext("Risponde ora"),
        "away_open_until": w.gettext("Risponde ora: fino alle {time}"),
        "away_opens_today": w.gettext("Risponde oggi dalle {time}"),
        "away_opens_tomorrow": w.gettext("Risponde domani dalle {time}"),
        "away_opens_weekday": w.gettext("Risponde {day} dalle {time}"),
        "away_opens_date": w.gettext("Risponde il {day} dalle {time}"),
        "hours_old": w.gettext("Questi orari sono vecchi: controlla prima di andare."),
        "other_time": w.gettext("Un altro giorno e ora"),
        "day": w.gettext("Giorno"),
        "hour": w.gettext("Ora"),
    }


def _place(w: Words) -> Mapping[str, str | list[str]]:
    return {
        "here": w.gettext("Usa la mia posizione"),
        "here_private": w.gettext("La posizione resta sul telefono: non la mandiamo a nessuno."),
        "here_wait": w.gettext("Cerco la posizione."),
        "here_outside": w.gettext("Sei lontano dalla Lombardia. Scrivi un comune."),
        "here_denied": w.gettext("Il telefono non dà la posizione. Scrivi il comune."),
        "here_unable": w.gettext("Non trovo la posizione. Riprova o scrivi il comune."),
        "here_on": w.gettext("Parti da dove sei ora, vicino a {place}."),
        "here_off": w.gettext("Non usare la posizione"),
        "near_you": w.gettext("Sportelli vicino a te"),
        "places": w.gettext("Luoghi"),
        "places_found": _forms(w, "{n} luogo: scegli con le frecce.", "{n} luoghi: scegli con le frecce."),
        "no_place": w.gettext("Nessun luogo con questo nome in Lombardia."),
        "choose_place": w.gettext("Scegli un luogo dall'elenco."),
    }


def _map(w: Words) -> Mapping[str, str]:
    return {
        "map": w.gettext("Mappa degli sportelli"),
        "map_hint": w.gettext("Tocca un punto per leggere la scheda. Con la tastiera usa le frecce."),
        "exact": w.gettext("punto esatto"),
        "rough": w.gettext("punto non esatto"),
        "start": w.gettext("Da dove parti"),
        "zoom_in": w.gettext("Più vicino"),
        "zoom_out": w.gettext("Più lontano"),
        "hide_map": w.gettext("Nascondi la mappa"),
        "no_map": w.gettext("La mappa non si apre. Riprova quando c'è rete."),
        "credit": CREDIT,
    }


def _trouble(w: Words) -> Mapping[str, str]:
    return {
        "wait": w.gettext("Un momento."),
        "failed": w.gettext("La rete non risponde. L'elenco qui sotto è quello di prima."),
        "again": w.gettext("Riprova"),
        "offline": w.gettext("Sei senza rete"),
        "first_page": w.gettext("Torna alla prima pagina"),
        "not_kept": w.gettext("Questa pagina non è sul telefono. Riprova quando c'è rete."),
    }
