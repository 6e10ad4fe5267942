"""抽取记录: the minutes of a draw as a PDF that can be made again byte for byte."""
