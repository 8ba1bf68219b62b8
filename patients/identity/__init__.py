"""Patient identity rules (RNIV, Guide INS, decisions D10–D12), pure Python: no database, no framework, no clock."""
