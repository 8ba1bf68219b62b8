"""Addresses are kept in small letters: the plain unique index is then the one that every look-up goes through."""

from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_scope_functions")]

    operations = [
        migrations.RunSQL("UPDATE accounts_user SET email = lower(email) WHERE email <> lower(email)", ""),
        migrations.RemoveConstraint("user", "user_email_once"),
        migrations.AddConstraint(
            "user", models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower")
        ),
    ]
