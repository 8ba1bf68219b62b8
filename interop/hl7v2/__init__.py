"""HL7 v2 messages of the ANS document-transmission profile and their transport (MLLP). Pure Python, no Django."""
