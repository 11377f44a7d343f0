"""Projects of migration tools, as they lie on disk before an agent is asked to work on them."""

ALEMBIC_INI = """[alembic]
script_location = alembic
sqlalchemy.url = postgresql+psycopg://agent@127.0.0.1:{port}/{database}
"""
ALEMBIC_ENV = """from alembic import context
from sqlalchemy import engine_from_config, pool

config = context.config
engine = engine_from_config(config.get_section("alembic"), prefix="sqlalchemy.", poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()
"""
ALEMBIC_FIRST = '''"""accounts"""
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = None


def upgrade():
    op.create_table("accounts", sa.Column("id", sa.Integer, primary_key=True), sa.Column("email", sa.Text, nullable=False))


def downgrade():
    op.drop_table("accounts")
'''
ALEMBIC_NEXT = '''"""{title}"""
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade():
    op.add_column("accounts", sa.Column("{column}", sa.Integer, server_default="{default}", nullable=False))
    op.create_index("ix_accounts_{column}", "accounts", ["{column}"])
    op.execute("UPDATE accounts SET {column} = {value} WHERE id > {limit}")


def downgrade():
    op.drop_index("ix_accounts_{column}")
    op.drop_column("accounts", "{column}")
'''


def alembic(port: int, database: str, revision: str) -> dict[str, str]:
    return {
        "alembic.ini": ALEMBIC_INI.format(port=port, database=database), "alembic/env.py": ALEMBIC_ENV,
        f"alembic/versions/{revision}_accounts.py": ALEMBIC_FIRST.format(revision=revision),
    }


DJANGO_SETTINGS = """SECRET_KEY = "fake-secret-for-a-lab"
INSTALLED_APPS = ["loyalty"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
DATABASES = {{"default": {{
    "ENGINE": "django.db.backends.postgresql", "NAME": "{database}", "USER": "agent", "HOST": "127.0.0.1", "PORT": "{port}"}}}}
"""
DJANGO_MANAGE = """import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
from django.core.management import execute_from_command_line

execute_from_command_line(sys.argv)
"""
DJANGO_MODELS = """from django.db import models


class Member(models.Model):
    email = models.TextField()
    points = models.IntegerField(default=0)


class Reward(models.Model):
    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    {field} = models.IntegerField(default={default})
"""
DJANGO_FIRST = """from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.CreateModel("Member", [
        ("id", models.BigAutoField(primary_key=True)), ("email", models.TextField()), ("points", models.IntegerField(default=0))])]
"""
DJANGO_NEXT = """import django.db.models.deletion
from django.db import migrations, models


def welcome(apps, schema_editor):
    Member = apps.get_model("loyalty", "Member")
    Member.objects.create(email="first{default}@shop.example", points={default})


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0001_initial")]
    operations = [
        migrations.CreateModel("Reward", [
            ("id", models.BigAutoField(primary_key=True)), ("{field}", models.IntegerField(default={default})),
            ("member", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="loyalty.member"))]),
        migrations.RunPython(welcome),
    ]
"""


def django(port: int, database: str) -> dict[str, str]:
    return {
        "settings.py": DJANGO_SETTINGS.format(port=port, database=database), "manage.py": DJANGO_MANAGE,
        "loyalty/__init__.py": "", "loyalty/migrations/__init__.py": "", "loyalty/migrations/0001_initial.py": DJANGO_FIRST,
        "loyalty/models.py": "from django.db import models\n\n\nclass Member(models.Model):\n"
                             "    email = models.TextField()\n    points = models.IntegerField(default=0)\n",
    }
