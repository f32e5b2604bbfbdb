"""The whole-family assessment: begun, answered domain by domain, sent, and signed off by a supervisor."""
