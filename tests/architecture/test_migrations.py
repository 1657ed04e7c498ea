"""Migrations are numbered without gaps, stand in one line, and the head is named rightly."""

from alembic.script import ScriptDirectory

from exam_centre.migrations import FOLDER, HEAD, numbers


def test_migrations_are_numbered_from_one_without_gaps():
    assert numbers() == [f"{n:04d}" for n in range(1, len(numbers()) + 1)]


def test_each_migration_follows_the_one_before_it():
    steps = ScriptDirectory(str(FOLDER)).walk_revisions()
    follows = {step.revision: step.down_revision for step in steps}

    assert follows == dict(zip(numbers(), [None, *numbers()[:-1]], strict=True))


def test_a_file_bears_the_number_of_its_migration():
    steps = ScriptDirectory(str(FOLDER)).walk_revisions()
    names = {step.path.rpartition("/")[2][:4]: step.revision for step in steps}

    assert all(name == revision for name, revision in names.items())
    assert len(names) == len(list((FOLDER / "versions").glob("*.py")))


def test_the_head_is_the_last_migration():
    assert numbers()[-1] == HEAD
