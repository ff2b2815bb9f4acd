"""Papers: an answer as a document and a workbook, from one model and by several writers."""
