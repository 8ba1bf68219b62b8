"""What feeds make of a patient: traits, numbers, conflicts. The rules of the feeds are in interop/pam."""
