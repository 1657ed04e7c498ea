"""Names and numbers of people who do not exist: drawn from a seed, valid, and nobody's."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from exam_centre.accounts.rules import check_character

FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静秀丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉建国春梅红海燕鑫鹏飞雪琴云莉"
RARE = ("买买提·艾力", "欧阳𠮷", "阿依古丽·热合曼", "上官㛃")  # names that software gets wrong
NOWHERE = "999900"  # an area code that no county has
OLDEST = date(1975, 1, 1)
BIRTHDAYS = 10_000  # days from the oldest on which people of a demo are born


def draw_name(chance: Random) -> str:
    """Return a name; one in forty is one that software likes to break."""
    if chance.random() < 1 / 40:
        return chance.choice(RARE)
    return chance.choice(FAMILY) + "".join(chance.sample(GIVEN, chance.choice((1, 2))))


def number_of(serial: int, chance: Random) -> str:
    """Return a valid ID number; `serial` (0 to 999) makes it unique within a birthday."""
    born = OLDEST + timedelta(days=chance.randrange(BIRTHDAYS))
    return _number(NOWHERE, born, serial % 1000)


def numbers_of(people: int, area: str) -> Iterator[str]:
    """Yield as many valid ID numbers of one area code, each another one."""
    for serial in range(people):
        block, birthday = divmod(serial, BIRTHDAYS)
        yield _number(area, OLDEST + timedelta(days=birthday), block)


def _number(area: str, born: date, serial: int) -> str:
    first = f"{area}{born:%Y%m%d}{serial:03d}"
    return first + check_character(first)
