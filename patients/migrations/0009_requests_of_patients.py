from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("patients", "0008_documents_received")]

    operations = []
