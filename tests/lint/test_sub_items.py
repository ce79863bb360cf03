"""Sub-items are counted as the texts number them."""

from tests.lint.sub_items import Counted, counted

TEXT = """
1. Осы қаулы бекітілсін.

2. Мыналар:

1) біріншісі;

- 2) екіншісі.

## 1-тарау. Жалпы ережелер

1. Іс-қимылдардың мазмұны:

1-іс-қимыл - тіркеу. Орындалу ұзақтығы
20 минут;

2-іс-қымыл - тексеру, оның барысы келесі

бетте аяқталады;

3-іс-қимыл - жауап.

2. Бірінші тізім:

1) бір;

2) екі;

Екінші тізім:

1) бір;

2) екі;

3) үш.

3. Бірінші іс-қимылдың нәтижесі тіркеу болып табылады.

Екінші іс-қимылдың нәтижесі жауап болып табылады.

4. Портал арқылы көрсету тәртібі:

Алушы порталда тіркеледі;

1-үдеріс - авторизациялау;

1-шарт - деректердің түпнұсқалығы;

2-процесс - жауап.

Диаграмма қосымшада келтірілген.
"""


class TestATextOfAnAct:
    def test_is_counted_part_by_part(self) -> None:
        assert counted(TEXT) == [
            Counted(0, 1, 1),
            Counted(0, 2, 2),
            Counted(1, 1, 3),  # numbered by the actions themselves; a page's end breaks none in two
            Counted(1, 2, 2),  # two lists in one paragraph
            Counted(1, 2, 3),
            Counted(1, 3, 2),  # nothing numbered: its own paragraphs
            Counted(1, 4, 4),  # the way through the portal, without what is said after it
        ]
