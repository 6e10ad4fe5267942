"""The fairness report 公平性报告: what the draws came to, held against what chance would give."""
