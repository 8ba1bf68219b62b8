"""The indexes of the search by sound: two that hold what four did, and sift given names without reading the rows."""

from django.db import migrations, models

SOUNDS = {"patient_sound_date": "birth_name_sound", "patient_used_sound_date": "used_name_sound"}


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0013_insi_answers"),
    ]

    operations = [
        migrations.RemoveIndex("patient", "patient_sounds"),
        migrations.RemoveIndex("patient", "patient_used_sounds"),
        *(migrations.RemoveIndex("patient", name) for name in SOUNDS),
        *(
            migrations.AddIndex(
                "patient",
                models.Index(
                    fields=["region", sound, "birth_date", "given_name_sound", "used_given_name_sound"], name=name
                ),
            )
            for name, sound in SOUNDS.items()
        ),
    ]
