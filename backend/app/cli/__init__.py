"""The command line: demo, worker, ledger, backup. Thin over the services."""
