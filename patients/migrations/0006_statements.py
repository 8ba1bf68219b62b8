from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("patients", "0005_identity_lifecycle")]

    operations = []
