"""Which area answers for a letter, who was added in a class by nickname, how often a card was woken."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# As learning/queries/ties.py::place_of_learner says it for new letters.
_PLACES = """
UPDATE certificate SET area_path = COALESCE(
    (SELECT e.area_path FROM class_learner AS c JOIN class_evening AS e ON e.id = c.evening
     WHERE c.learner = certificate.learner AND e.course = certificate.course ORDER BY c.joined_at DESC LIMIT 1),
    (SELECT k.area_path FROM card AS k
     WHERE k.learner = certificate.learner AND k.area_path <> '' ORDER BY k.made_at DESC LIMIT 1),
    (SELECT a.area_path FROM assisted_session AS a
     WHERE a.learner = certificate.learner ORDER BY a.made_at DESC LIMIT 1),
    '')
"""
# Whoever came by nickname began to exist at the moment they joined.
_MADE_HERE = """
UPDATE class_learner SET made_here = :yes
WHERE EXISTS (SELECT 1 FROM learner AS l WHERE l.id = class_learner.learner AND l.created_at = class_learner.joined_at)
"""


def upgrade() -> None:
    path = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")
    op.add_column("certificate", sa.Column("area_path", path, nullable=False, server_default=sa.text("''")))
    op.add_column("class_learner", sa.Column("made_here", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("card", sa.Column("wakes", sa.Integer, nullable=False, server_default=sa.text("0")))
    op.execute(_PLACES)
    op.get_bind().execute(sa.text(_MADE_HERE), {"yes": True})


def downgrade() -> None:
    op.drop_column("card", "wakes")
    op.drop_column("class_learner", "made_here")
    op.drop_column("certificate", "area_path")
